-- What has not left and is no longer so: the loss was lifted, the card fetched, the day gone by.
WITH due AS MATERIALIZED ({due})
UPDATE outbox_message AS m SET state = 'withdrawn'
WHERE m.kind = %(kind)s AND m.subject_kind = %(subject)s AND m.event_id IS NULL
    AND m.state IN ('owed', 'refused', 'parked') AND NOT m.maybe_arrived
    AND NOT EXISTS (SELECT FROM due WHERE {reference} = m.reference)
