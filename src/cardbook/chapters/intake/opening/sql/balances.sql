-- Each county's balance: cards of sources by the stage they came in with, and cards that came in since.
SELECT o.name, o.code, o.live_on,
       count(k.id) AS opening, count(c.id) - count(k.id) AS since,
       coalesce((SELECT jsonb_object_agg(stage, cards) FROM (
           SELECT CASE WHEN s.stage = '' THEN 'missing' ELSE s.stage END AS stage, count(*) AS cards
           FROM intake_openingclaim s JOIN intake_openingsource f ON f.id = s.source_id
           WHERE f.county_id = o.id AND s.registered GROUP BY 1) AS by_stage), '{}') AS stages
FROM orgs_organization o
LEFT JOIN cards_card c ON c.county_id = o.id
LEFT JOIN intake_openingclaim k ON k.card_id = c.id AND k.registered
WHERE o.kind = 'county' AND o.path LIKE %(within)s
GROUP BY o.id ORDER BY o.code
