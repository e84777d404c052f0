-- What may leave now on one line, leased to whoever asks. An earlier message of the same card that
-- is still under way holds a later one back; a stop passes whatever is stuck before it, and so does
-- a text; the end of a loss waits for a loss that is stuck.
-- What comes late - later news of the same card has arrived already and would be turned back - is
-- set aside instead, for somebody to look at. Only rows that are about to leave are asked about, in
-- the order of the index, so that a round costs the same however much waits.
WITH due AS (
    SELECT m.id, m.state, late.yes AS late FROM outbox_message m
    CROSS JOIN LATERAL (
        SELECT EXISTS (
            SELECT FROM outbox_message a
            WHERE a.party = m.party AND a.thread = m.thread AND a.recipient_id = m.recipient_id
                AND (a.sequence, a.id) > (m.sequence, m.id)
                AND a.state IN ('done', 'already_so', 'sent')
        ) AS yes
    ) AS late
    WHERE m.party = %(party)s AND m.recipient_id = %(recipient)s AND m.kind = ANY(%(kinds)s)
        AND (m.state = 'owed' AND m.next_at <= %(at)s
             OR m.state = 'leased' AND m.leased_until <= %(at)s)
        AND (late.yes OR NOT EXISTS (
            SELECT FROM outbox_message b
            WHERE b.party = m.party AND b.thread = m.thread AND b.recipient_id = m.recipient_id
                AND (b.sequence, b.id) < (m.sequence, m.id)
                AND (
                    b.state = 'leased'
                    OR b.state = 'owed' AND b.kind = ANY(%(kinds)s)
                        AND (b.urgent OR NOT m.urgent OR b.attempts < %(few)s)
                        -- What waits for something stuck does not hold a stop either.
                        AND NOT (m.kind = ANY(%(passing)s) AND EXISTS (
                            SELECT FROM outbox_message s
                            WHERE s.party = b.party AND s.thread = b.thread
                                AND s.recipient_id = b.recipient_id
                                AND (s.sequence, s.id) < (b.sequence, b.id)
                                AND s.state IN ('refused', 'parked') AND (s.urgent OR NOT b.urgent)
                        ))
                    OR b.state IN ('refused', 'parked') AND (b.urgent OR NOT m.urgent)
                        AND m.kind <> ALL(%(passing)s)
                )
        ))
    -- A silent line is tried with what failed least, so that no single message keeps it silent.
    ORDER BY CASE WHEN %(most)s = 1 THEN m.attempts ELSE 0 END, m.urgent DESC, m.id
    LIMIT %(most)s
    FOR UPDATE OF m SKIP LOCKED
)
UPDATE outbox_message AS m
SET state = CASE WHEN due.late THEN 'parked' ELSE 'leased' END,
    lease = CASE WHEN NOT due.late THEN %(lease)s::uuid END,
    leased_until = CASE WHEN NOT due.late THEN %(until)s::timestamptz END,
    attempts = CASE WHEN due.late THEN m.attempts ELSE m.attempts + 1 END,
    answer_code = CASE WHEN due.late THEN 'late' ELSE m.answer_code END,
    answer_words = CASE WHEN due.late THEN %(late)s ELSE m.answer_words END,
    -- Whoever held it before died with it: it may have left, so that whoever sends it again has to
    -- ask first.
    maybe_arrived = m.maybe_arrived OR due.state = 'leased'
FROM due WHERE m.id = due.id
RETURNING m.id, due.late
