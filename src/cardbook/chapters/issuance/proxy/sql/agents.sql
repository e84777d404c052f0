-- Who fetched cards for others in a county this year, one row a person: how many, for whom, the most on
-- one day, whether he is on a unit's letter, and how many people of the county share his telephone.
WITH fetched AS (
    SELECT p.agent_id, p.holder_id, p.relation, p.as_guardian, p."on"
    FROM people_pickup p
    JOIN orgs_organization o ON o.id = p.county_id AND o.path LIKE %(county)s
    WHERE p."on" >= %(year)s AND p."on" <= %(today)s
), most AS (
    SELECT agent_id, max(cards) AS a_day FROM (
        SELECT agent_id, count(*) AS cards FROM fetched WHERE NOT as_guardian GROUP BY agent_id, "on"
    ) AS day GROUP BY agent_id
), sums AS (
    SELECT agent_id,
           count(*) FILTER (WHERE "on" >= %(month)s) AS month,
           count(DISTINCT holder_id) FILTER (
               WHERE "on" >= %(month)s AND NOT as_guardian AND relation <> ALL(%(kin)s)
           ) AS unrelated,
           count(*) AS year, count(*) FILTER (WHERE NOT as_guardian) AS charged,
           count(DISTINCT holder_id) AS holders,
           count(DISTINCT holder_id) FILTER (WHERE as_guardian) AS wards,
           array_agg(DISTINCT relation ORDER BY relation) AS relations, max("on") AS last_on
    FROM fetched GROUP BY agent_id
)
SELECT sums.*, a.name_sealed, a.number_sealed, coalesce(most.a_day, 0) AS most_a_day,
       EXISTS (SELECT FROM people_handler h WHERE h.person_id = a.id
               AND (h.until IS NULL OR h.until >= %(today)s)) AS is_handler,
       coalesce(phone.people, 0) AS sharing
FROM sums
JOIN people_person a ON a.id = sums.agent_id
LEFT JOIN most ON most.agent_id = sums.agent_id
LEFT JOIN LATERAL (
    SELECT count(*) AS people FROM people_person x
    WHERE x.phone_index = a.phone_index AND (
        EXISTS (SELECT FROM fetched f WHERE f.agent_id = x.id OR f.holder_id = x.id)
        OR EXISTS (SELECT FROM cards_card c JOIN orgs_organization o ON o.id = c.county_id
                   WHERE c.person_id = x.id AND o.path LIKE %(county)s))
) AS phone ON TRUE
