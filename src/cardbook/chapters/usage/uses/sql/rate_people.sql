-- The people behind a figure of `rates.sql`: those whose card is active, with how often they used one (Art. 23).
SELECT {columns}
FROM cards_card c
JOIN orgs_organization county ON county.id = c.county_id
JOIN people_person p ON p.id = c.person_id
LEFT JOIN orgs_organization town ON town.id = c.town_id
LEFT JOIN (
    SELECT own.person_id, count(*) AS times, max(u.used_at) AS last
    FROM usage_cardused u
    JOIN cards_card own ON own.id = u.card_id
    JOIN usage_carduse named ON named.id = u.use_id
    WHERE u.used_at >= %(since)s AND u.used_at < %(before)s
      AND (%(use)s::bigint IS NULL OR named.id = %(use)s) AND (%(agency)s::bigint IS NULL OR named.agency_id = %(agency)s)
    GROUP BY own.person_id
) used ON used.person_id = c.person_id
WHERE c.stage = 'issued' AND c.social = 'active' AND p.died_on IS NULL AND starts_with(county.path, %(within)s)
  AND (%(used)s = '' OR (%(used)s = '1') = (used.times IS NOT NULL))
{rest}
