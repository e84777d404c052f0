-- Cards nobody fetched whose holder's relation, life or wish for a card ended with another card: there by then, or come
-- afterwards although nothing says that he is back. Each step asks little of the next (OFFSET 0): most who ended have no other card.
WITH several AS MATERIALIZED (
    SELECT gone.person_id, gone.id AS gone_id
    FROM cards_card gone
    WHERE gone.social = 'cancelled' AND EXISTS (SELECT FROM cards_card mine WHERE mine.person_id = gone.person_id OFFSET 1)
), ended AS MATERIALIZED (
    SELECT DISTINCT ON (c.id) c.id, c.number, several.person_id, c.made_on, e.id AS event_id, e.act AS ended_by, e.happened_at AS ended_at
    FROM several
    CROSS JOIN LATERAL (SELECT card.* FROM cards_card card WHERE card.person_id = several.person_id AND card.stage = 'in_custody' OFFSET 0) c
    JOIN orgs_organization county ON county.id = c.county_id AND starts_with(county.path, %(within)s)
    CROSS JOIN LATERAL (
        SELECT event.* FROM ledger_event event
        WHERE event.subject_kind = 'card' AND event.subject_id = several.gone_id AND event.act = ANY(%(acts)s) OFFSET 0
    ) e
    WHERE e.facts::jsonb ->> 'reason' <> 'duplicate'
    ORDER BY c.id, e.id DESC
)
SELECT c.id, c.number, c.ended_by, c.ended_at, p.name_sealed
FROM ended c
JOIN people_person p ON p.id = c.person_id
JOIN ledger_event born ON born.subject_kind = 'card' AND born.subject_id = c.id AND born.seq = 1
WHERE NOT EXISTS (
    SELECT FROM ledger_event kept
    WHERE kept.subject_kind = 'card' AND kept.subject_id = c.id AND kept.act = 'relation.keep' AND kept.id > c.event_id
) AND (born.id < c.event_id OR NOT (
    EXISTS (
        SELECT FROM cards_application a
        JOIN ledger_event asked ON asked.subject_kind = 'application' AND asked.subject_id = a.id AND asked.seq = 1 AND asked.id > c.event_id
        WHERE a.person_id = c.person_id
    ) OR EXISTS (
        SELECT FROM usage_transferin t
        WHERE t.number_index = p.number_index AND t.settled_at > c.ended_at AND t.decision IN ('keep', 'here')
    ) OR (
        c.made_on IS NOT NULL AND c.made_on > (c.ended_at AT TIME ZONE 'Asia/Shanghai')::date AND NOT EXISTS (
            SELECT FROM cards_application a
            JOIN ledger_event stopped ON stopped.subject_kind = 'application' AND stopped.subject_id = a.id AND stopped.act = 'application.stop'
                 AND stopped.id > c.event_id
            WHERE a.person_id = c.person_id
        )
    )
))
ORDER BY c.ended_at, c.id
LIMIT %(limit)s
