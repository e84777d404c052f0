-- For each batch with a defective card in the county: cards of the county, and defective ones by kind.
WITH found AS (
    SELECT DISTINCT ON (c.id) c.id, c.batch_id, e.facts::jsonb ->> 'defect' AS defect
    FROM ledger_event e JOIN cards_card c ON c.id = e.subject_id
    WHERE e.act = 'defect.record' AND e.subject_kind = 'card'
      AND e.org_id IN (SELECT id FROM orgs_organization WHERE path LIKE %(county)s)
    ORDER BY c.id, e.seq DESC
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
      AND c.county_id IN (SELECT id FROM orgs_organization WHERE kind = 'county' AND path LIKE %(county)s)
    GROUP BY c.batch_id
)
SELECT m.id, m.code, m.maker, coalesce(o.name, '') AS bank, coalesce(made.cards, 0) AS cards,
       bad.defects, bad.soiled, bad.incomplete, bad.unreadable, bad.other
FROM bad
JOIN cards_batch m ON m.id = bad.batch_id
LEFT JOIN made ON made.batch_id = bad.batch_id
LEFT JOIN orgs_organization o ON o.id = m.bank_id
ORDER BY bad.defects::numeric / greatest(coalesce(made.cards, 0), 1) DESC, bad.defects DESC, m.id
