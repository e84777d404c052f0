-- Later news of the same card has arrived already: what comes now would turn it back. Whoever held
-- it died with it: it may have left, so that whoever sends it again has to ask first.
UPDATE outbox_message AS m
SET state = 'parked', lease = NULL, leased_until = NULL,
    maybe_arrived = m.maybe_arrived OR m.state = 'leased', answer_code = 'late',
    answer_words = '同一张卡后来的消息已经送达，请核对对方现状后手工办结'
WHERE m.party = %(party)s AND m.recipient_id = %(recipient)s AND m.kind = ANY(%(kinds)s)
    AND (m.state = 'owed' AND m.next_at <= %(at)s
         OR m.state = 'leased' AND m.leased_until <= %(at)s)
    AND EXISTS (
        SELECT FROM outbox_message a
        WHERE a.party = m.party AND a.thread = m.thread AND a.recipient_id = m.recipient_id
            AND (a.sequence, a.id) > (m.sequence, m.id)
            AND a.state IN ('done', 'already_so', 'sent')
    )
