-- Cards of a county whose two sides do not agree. What the bank never told is not held against it,
-- unless our side was stopped or ended: then its silence is what is open.
SELECT c.id, c.number, c.social, CASE WHEN c.hold_until <= %(at)s THEN 'none' ELSE c.hold END AS hold,
       c.bank, c.bank_as_of, coalesce(b.name, '') AS bank_name, p.name_sealed, p.number_sealed,
       CASE WHEN c.social = 'cancelled' THEN 'bank_not_closed'
            WHEN c.hold = 'formal_loss' OR c.hold_until > %(at)s THEN 'bank_not_stopped'
            WHEN c.bank = 'loss_reported' THEN 'bank_still_stopped'
            ELSE 'bank_inactive' END AS code
FROM cards_card c
JOIN people_person p ON p.id = c.person_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
WHERE c.county_id IN (SELECT id FROM orgs_organization WHERE starts_with(path, %(county)s))
  AND c.stage = 'issued'
  AND ((c.social = 'cancelled' AND c.bank <> 'closed')
    OR ((c.hold = 'formal_loss' OR c.hold_until > %(at)s) AND c.bank <> 'loss_reported')
    OR (c.bank = 'loss_reported' AND c.hold IN ('none', 'oral_loss') AND coalesce(c.hold_until <= %(at)s, true))
    OR (c.social = 'active' AND c.bank = 'inactive'))
ORDER BY c.bank_as_of NULLS FIRST, c.id
LIMIT %(limit)s
