-- Messages no act owes but a day that comes: the reference is made of the subject and the occasion,
-- so that nobody is reminded twice of one thing, whoever asks how often (Art. 16, 22, 25, 27, 28).
WITH due AS MATERIALIZED ({due})
INSERT INTO outbox_message (
    kind, party, recipient_id, county_id, reference, subject_kind, subject_id, card_id, person_id,
    thread, sequence, urgent, happened_at, payload, state
)
SELECT
    %(kind)s, %(party)s, subject.county_id, subject.county_id, {reference}, %(subject)s,
    subject.id, subject.card_id, subject.person_id,
    coalesce('card:' || subject.card_id, %(subject)s || ':' || subject.id),
    (SELECT coalesce(max(id), 0) FROM ledger_event), %(urgent)s, %(at)s,
    CASE WHEN due.until IS NULL THEN '{{}}' ELSE '{{"until":"' || due.until || '"}}' END, 'owed'
FROM due
JOIN ({subjects}) AS subject ON subject.id = due.id
WHERE NOT EXISTS (
    SELECT FROM outbox_message said
    WHERE said.reference = {reference} AND said.state <> 'withdrawn'
)
ORDER BY due.id
-- What was withdrawn never left: when it is so again, it is owed again.
ON CONFLICT (reference) DO UPDATE
SET state = 'owed', attempts = 0, next_at = clock_timestamp(), happened_at = EXCLUDED.happened_at,
    sequence = EXCLUDED.sequence, answer_code = '', answer_words = ''
WHERE outbox_message.state = 'withdrawn'
