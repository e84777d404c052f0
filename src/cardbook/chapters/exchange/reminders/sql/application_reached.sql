-- Applications that went to the bank, or that it took on (Art. 25): once for each time, and not of days long
-- past. Whoever was answered meanwhile hears the answer, not what was before it.
SELECT w.id, 'event-' || e.id AS occasion, NULL::date AS until
FROM cards_application w
JOIN people_person h ON h.id = w.person_id
CROSS JOIN LATERAL (
    SELECT ledger_event.id, ledger_event.happened_at FROM ledger_event
    WHERE subject_kind = 'application' AND subject_id = w.id AND act = '{act}'
    ORDER BY seq DESC LIMIT 1
) AS e
WHERE w.progress = '{progress}' AND e.happened_at > %(applied_from)s AND e.happened_at <= %(at)s
    AND w.county_id = ANY(%(counties)s::bigint[])
    AND h.died_on IS NULL AND h.phone_sealed IS NOT NULL
