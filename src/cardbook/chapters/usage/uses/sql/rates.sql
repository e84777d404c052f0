-- Of the living whose card is active now: how many used a card of theirs in a time (Art. 23), by county,
-- by use and by agency. An office of a county serves its county's holders, another one all.
-- Only what `view` asks for is counted.
-- `began` is the day an agency's oldest use in force began: one that is new is not judged yet.
WITH active AS MATERIALIZED (
    SELECT c.person_id, c.county_id
    FROM cards_card c
    JOIN orgs_organization county ON county.id = c.county_id
    JOIN people_person p ON p.id = c.person_id
    WHERE c.stage = 'issued' AND c.social = 'active' AND p.died_on IS NULL AND starts_with(county.path, %(within)s)
),
served AS MATERIALIZED (
    SELECT county_id, count(*) AS active FROM active GROUP BY county_id
),
used AS MATERIALIZED (
    SELECT a.county_id, a.person_id, u.use_id, count(*) AS times
    FROM usage_cardused u
    JOIN cards_card own ON own.id = u.card_id
    JOIN active a ON a.person_id = own.person_id
    WHERE u.used_at >= %(since)s AND u.used_at < %(before)s
    GROUP BY a.county_id, a.person_id, u.use_id
),
register AS MATERIALIZED (
    SELECT u.id, u.code, u.name, u.field, u.carrier, u.since, u.agency_id, agency.code AS agency_code,
           agency.name AS agency, county.id AS county_id, coalesce(county.code, '') AS county_code
    FROM usage_carduse u
    JOIN orgs_organization agency ON agency.id = u.agency_id
    LEFT JOIN orgs_organization county ON county.id = coalesce(agency.county_id, CASE WHEN agency.kind = 'county' THEN agency.id END)
    WHERE u.since < (%(before)s AT TIME ZONE 'Asia/Shanghai')::date
      AND (u.until IS NULL OR u.until > (%(since)s AT TIME ZONE 'Asia/Shanghai')::date)
      AND (county.id IS NULL OR starts_with(county.path, %(within)s))
)
SELECT 'county' AS by, county.code AS county_code, NULL::bigint AS id, county.name AS title, '' AS agency,
       '' AS field, '' AS carrier, NULL::date AS began, s.active,
       count(DISTINCT used.person_id) AS people, coalesce(sum(used.times), 0) AS times, county.code AS place
FROM served s
JOIN orgs_organization county ON county.id = s.county_id
LEFT JOIN used ON used.county_id = s.county_id
WHERE %(view)s::text = 'county'
GROUP BY county.id, s.active
UNION ALL
SELECT 'use', r.county_code, r.id, r.name, r.agency, r.field, r.carrier, r.since,
       (SELECT coalesce(sum(s.active), 0) FROM served s WHERE r.county_id IS NULL OR s.county_id = r.county_id),
       count(used.person_id), coalesce(sum(used.times), 0), r.agency_code || ' ' || r.code
FROM register r
LEFT JOIN used ON used.use_id = r.id AND (r.county_id IS NULL OR used.county_id = r.county_id)
WHERE %(view)s::text = 'use'
GROUP BY r.id, r.county_id, r.county_code, r.name, r.agency, r.field, r.carrier, r.since, r.agency_code, r.code
UNION ALL
SELECT 'agency', r.county_code, r.agency_id, r.agency, '', '', '', min(r.since),
       (SELECT coalesce(sum(s.active), 0) FROM served s WHERE r.county_id IS NULL OR s.county_id = r.county_id),
       count(DISTINCT used.person_id), coalesce(sum(used.times), 0), r.agency_code
FROM register r
LEFT JOIN used ON used.use_id = r.id AND (r.county_id IS NULL OR used.county_id = r.county_id)
WHERE %(view)s::text = 'agency'
GROUP BY r.agency_id, r.county_id, r.county_code, r.agency, r.agency_code
ORDER BY place
