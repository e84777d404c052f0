-- Done on the other side's own screen: the act's facts carry the reference it gave (domain.md 9.3),
-- or where its answer stands.
UPDATE outbox_message AS m
SET state = 'by_hand', lease = NULL, leased_until = NULL, answered_at = e.recorded_at,
    settled_by_id = e.actor_id, external_reference = left(
        coalesce(nullif(e.facts::jsonb ->> 'reference', ''), e.facts::jsonb ->> 'source'), 80)
FROM ({subjects}) AS subject
JOIN ledger_event e ON e.subject_kind = %(subject)s AND e.subject_id = subject.id
    AND e.seq = subject.version
WHERE m.subject_kind = %(subject)s AND m.subject_id = subject.id AND m.kind = ANY(%(kinds)s)
    AND m.state = ANY(%(open)s) AND m.thread = coalesce(
        'card:' || subject.card_id, e.subject_kind || ':' || e.subject_id)
    AND m.party = ANY(%(parties)s)
