-- Messages no act owes but a day that comes: the reference is made of the subject and the occasion.
INSERT INTO outbox_message (
    kind, party, recipient_id, county_id, reference, subject_kind, subject_id, card_id, person_id,
    thread, sequence, urgent, happened_at, payload, state
)
SELECT
    %(kind)s, %(party)s, subject.county_id, subject.county_id,
    %(kind)s || '/' || %(subject)s || '-' || subject.id || '/' || %(occasion)s,
    %(subject)s, subject.id, subject.card_id, subject.person_id,
    coalesce('card:' || subject.card_id, %(subject)s || ':' || subject.id),
    (SELECT coalesce(max(id), 0) FROM ledger_event), %(urgent)s, %(at)s, %(payload)s, 'owed'
FROM ({subjects}) AS subject
ORDER BY subject.id
ON CONFLICT (reference) DO NOTHING
