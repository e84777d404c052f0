-- New cards that somebody applied for and that lie where he fetches them (Art. 16, 25): in an office
-- of a county, or at an outlet of a bank. Once for an application, wherever the card moves then.
SELECT c.id, 'application-' || w.id AS occasion, NULL::date AS until
FROM cards_application w
JOIN cards_card c ON c.person_id = w.person_id AND c.id IS DISTINCT FROM w.old_card_id
JOIN custody_position p ON p.card_id = c.id
JOIN custody_account a ON a.id = p.account_id
JOIN orgs_organization o ON o.id = a.organization_id
JOIN people_person h ON h.id = c.person_id
WHERE w.progress IN ('submitted', 'accepted', 'in_production', 'produced')
    AND a.kind = ANY(%(shelves)s) AND (o.county_id IS NOT NULL OR o.kind = 'branch')
    AND c.stage = 'in_custody' AND (c.hold = 'none' OR c.hold_until <= %(at)s) AND c.social <> 'cancelled'
    AND c.county_id = ANY(%(counties)s::bigint[])
    AND h.died_on IS NULL AND h.phone_sealed IS NOT NULL
