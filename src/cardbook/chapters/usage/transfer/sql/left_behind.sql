-- Cards nobody fetched whose holder's relation, life or wish for a card ended with another card while they were there.
SELECT c.id, min(c.number) AS number, (array_agg(e.act ORDER BY e.id DESC))[1] AS ended_by, max(e.happened_at) AS ended_at,
       (array_agg(p.name_sealed))[1] AS name_sealed
FROM ledger_event e
JOIN cards_card ended ON ended.id = e.subject_id
JOIN cards_card c ON c.person_id = ended.person_id AND c.id <> ended.id AND c.stage = 'in_custody'
JOIN orgs_organization county ON county.id = c.county_id AND starts_with(county.path, %(within)s)
JOIN people_person p ON p.id = c.person_id
JOIN ledger_event born ON born.subject_kind = 'card' AND born.subject_id = c.id AND born.seq = 1 AND born.id < e.id
WHERE e.subject_kind = 'card' AND e.act = ANY(%(acts)s)
  AND e.facts::jsonb ->> 'reason' <> 'duplicate'
GROUP BY c.id
ORDER BY max(e.happened_at), c.id
LIMIT %(limit)s
