-- For each batch with a defective card in the county: cards of the county, and defective ones by kind.
WITH findings AS (
{findings}), found AS (
    SELECT c.batch_id, e.facts::jsonb ->> 'defect' AS defect
    FROM findings e JOIN cards_card c ON c.id = e.card_id
), bad AS (
    SELECT batch_id, count(*) AS defects,
           count(*) FILTER (WHERE defect = 'soiled') AS soiled,
           count(*) FILTER (WHERE defect = 'incomplete') AS incomplete,
           count(*) FILTER (WHERE defect = 'unreadable') AS unreadable,
           count(*) FILTER (WHERE defect = 'other') AS other
    FROM found GROUP BY batch_id
), made AS (
    SELECT c.batch_id, count(*) AS cards FROM cards_card c
    WHERE c.batch_id IN (SELECT batch_id FROM bad)
      AND c.county_id IN (SELECT id FROM orgs_organization WHERE kind = 'county' AND path LIKE %(office)s)
    GROUP BY c.batch_id
)
SELECT m.id, m.code, m.maker, coalesce(o.name, '') AS bank, coalesce(made.cards, 0) AS cards,
       bad.defects, bad.soiled, bad.incomplete, bad.unreadable, bad.other
FROM bad
JOIN cards_batch m ON m.id = bad.batch_id
LEFT JOIN made ON made.batch_id = bad.batch_id
LEFT JOIN orgs_organization o ON o.id = m.bank_id
ORDER BY bad.defects::numeric / greatest(coalesce(made.cards, 0), 1) DESC, bad.defects DESC, m.id
