-- A county's own stock by who is to hand it out: cards in its store and boxes, by group and bank.
WITH routed AS (
    SELECT DISTINCT ON (r."group") r."group", r.organization_id, r.words
    FROM duties_routingrule r
    WHERE r.county_id = %(county)s AND r.since <= %(on)s
    ORDER BY r."group", r.since DESC, r.id DESC
)
SELECT coalesce(o.name, '') AS office, c."group", coalesce(b.name, '') AS bank,
       coalesce(routed.words, '') AS words, count(*) AS cards,
       count(*) FILTER (WHERE a.kind = 'box') AS sorted
FROM custody_account a
JOIN orgs_organization k ON k.id = a.organization_id
    AND k.kind IN ('county', 'card_body') AND k.path LIKE %(within)s
JOIN custody_position p ON p.account_id = a.id
JOIN cards_card c ON c.id = p.card_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
LEFT JOIN routed ON routed."group" = c."group"
LEFT JOIN orgs_organization o ON o.id = routed.organization_id
WHERE a.kind IN ('store', 'box')
GROUP BY o.code, o.name, c."group", b.name, routed.words
ORDER BY o.code NULLS LAST, c."group", b.name
