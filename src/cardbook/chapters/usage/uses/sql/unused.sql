-- Cards their holders have had for a time and never used since a day, of the living (Art. 23).
SELECT {columns}
FROM custody_account a
JOIN orgs_organization o ON o.id = a.organization_id
JOIN custody_position held ON held.account_id = a.id
JOIN cards_card c ON c.id = held.card_id
JOIN people_person p ON p.id = c.person_id
JOIN orgs_organization county ON county.id = c.county_id
LEFT JOIN orgs_organization town ON town.id = c.town_id
WHERE a.kind = 'holder' AND starts_with(o.path, %(within)s)
  AND c.stage = 'issued' AND c.social <> 'cancelled' AND p.died_on IS NULL
  AND held.since < %(cut)s
  AND (%(unit)s = '' OR coalesce(nullif(c.unit_name, ''), town.name, '') = %(unit)s)
  AND (%(cards)s::bigint[] IS NULL OR c.id = ANY(%(cards)s::bigint[]))
  AND NOT EXISTS (SELECT FROM usage_cardused u WHERE u.card_id = c.id AND u.used_at >= %(cut)s)
{rest}
