-- The cards of every list: (list, card_number, card_id, differs, others). A card may stand on several lists.
SELECT 'differences' AS list, k.card_number, k.card_id,
       array_agg(DISTINCT d.code) AS differs, NULL::text[] AS others
FROM intake_openingclaim k
JOIN intake_openingsource f ON f.id = k.source_id
JOIN orgs_organization o ON o.id = f.county_id AND o.path LIKE %(within)s
CROSS JOIN LATERAL unnest(k.differs) AS d(code)
WHERE k.settled_at IS NULL AND k.differs <> '{}' AND k.card_id IS NOT NULL
GROUP BY k.card_number, k.card_id
UNION ALL
SELECT 'two-cards', c.number, c.id, NULL, t.numbers
FROM (
    SELECT c.person_id, array_agg(c.number ORDER BY c.number) AS numbers
    FROM cards_card c
    WHERE c.stage NOT IN ('cancelled', 'destroyed') AND c.social <> 'cancelled'
      AND c.person_id IN (SELECT person_id FROM intake_openingclaim)
    GROUP BY c.person_id HAVING count(*) > 1
) AS t
JOIN cards_card c ON c.person_id = t.person_id AND c.number = ANY(t.numbers)
JOIN orgs_organization o ON o.id = c.county_id AND o.path LIKE %(within)s
UNION ALL
SELECT 'two-people', k.card_number, max(c.id), NULL, NULL
FROM intake_openingclaim k
JOIN intake_openingsource f ON f.id = k.source_id
JOIN orgs_organization o ON o.id = f.county_id AND o.path LIKE %(within)s
LEFT JOIN cards_card c ON c.number = k.card_number
GROUP BY k.card_number
HAVING (count(DISTINCT k.person_id) > 1 OR bool_or(c.person_id <> k.person_id))
   AND bool_or(k.settled_at IS NULL AND (k.card_id IS NULL OR 'holder' = ANY(k.differs)))
UNION ALL
SELECT 'dead', c.number, c.id, NULL, NULL
FROM cards_card c
JOIN people_person p ON p.id = c.person_id
JOIN orgs_organization o ON o.id = c.county_id AND o.path LIKE %(within)s
WHERE c.stage NOT IN ('cancelled', 'destroyed')
  AND EXISTS (SELECT FROM intake_openingclaim k WHERE k.card_id = c.id
              AND k.person_id = c.person_id AND (p.said_dead_by <> '' OR p.died_on IS NOT NULL))
UNION ALL
SELECT 'missing', c.number, c.id, NULL, NULL
FROM cards_card c
JOIN orgs_organization o ON o.id = c.county_id AND o.path LIKE %(within)s
WHERE c.stage = 'missing' AND EXISTS (SELECT FROM intake_openingclaim k WHERE k.card_id = c.id)
