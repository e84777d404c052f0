-- Each county's balance: cards of sources by the stage they came in with, and cards that came in since.
-- All cards of a county are counted from their index alone.
WITH county AS MATERIALIZED (
    SELECT id, name, code, live_on FROM orgs_organization WHERE kind = 'county' AND path LIKE %(within)s
),
held AS (
    SELECT county_id, count(*) AS cards FROM cards_card WHERE county_id IN (SELECT id FROM county) GROUP BY 1
),
opened AS (
    SELECT c.county_id, count(*) AS cards
    FROM intake_openingclaim k JOIN cards_card c ON c.id = k.card_id WHERE k.registered GROUP BY 1
),
claimed AS (
    SELECT county_id, jsonb_object_agg(stage, cards) AS stages FROM (
        SELECT f.county_id, CASE WHEN k.stage = '' THEN 'missing' ELSE k.stage END AS stage, count(*) AS cards
        FROM intake_openingclaim k JOIN intake_openingsource f ON f.id = k.source_id
        WHERE k.registered GROUP BY 1, 2
    ) AS by_stage GROUP BY 1
)
SELECT o.name, o.code, o.live_on,
       coalesce(opened.cards, 0) AS opening, coalesce(held.cards, 0) - coalesce(opened.cards, 0) AS since,
       coalesce(claimed.stages, '{}') AS stages
FROM county o
LEFT JOIN held ON held.county_id = o.id
LEFT JOIN opened ON opened.county_id = o.id
LEFT JOIN claimed ON claimed.county_id = o.id
ORDER BY o.code
