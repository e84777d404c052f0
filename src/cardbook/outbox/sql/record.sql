-- What was answered. A stop that passed an earlier message which is still under way, and was refused,
-- was told too early: it waits for that one and is told again, instead of staying refused.
UPDATE outbox_message AS m
SET state = CASE WHEN early.so THEN 'owed' ELSE a.state END, answer_code = a.code,
    answer_words = a.words, external_reference = a.external,
    answered_at = CASE WHEN early.so THEN NULL ELSE %(at)s END,
    next_at = CASE WHEN early.so THEN %(at)s + interval '1 second' * %(pause)s ELSE m.next_at END,
    lease = NULL, leased_until = NULL
FROM unnest(%(references)s::text[], %(states)s::text[], %(codes)s::text[], %(words)s::text[],
    %(externals)s::text[]) AS a(reference, state, code, words, external)
CROSS JOIN LATERAL (
    SELECT a.state = 'refused' AND EXISTS (
        SELECT FROM outbox_message e
        JOIN outbox_message b ON b.party = e.party AND b.thread = e.thread
            AND b.recipient_id = e.recipient_id AND (b.sequence, b.id) < (e.sequence, e.id)
        JOIN outbox_line l ON l.party = e.party AND l.recipient_id = e.recipient_id
        WHERE e.reference = a.reference AND e.urgent AND NOT b.urgent
            AND b.state IN ('owed', 'leased') AND b.kind = ANY(l.carries)
    ) AS so
) early
WHERE m.reference = a.reference AND m.lease = %(lease)s
