-- One row for each card found defective: when, where, by whom, with what result, and where it lies now.
SELECT e.id, e.happened_at, e.facts, u.name AS actor, office.name AS office,
       c.id AS card_id, c.number AS card_number, c.bank_last4, coalesce(b.name, '') AS bank,
       m.id AS batch_id, m.code AS batch, m.maker,
       p.name_sealed, p.number_sealed,
       a.kind AS place, keeper.name AS keeper, app.id AS application_id
FROM ledger_event e
JOIN cards_card c ON c.id = e.subject_id
JOIN cards_batch m ON m.id = c.batch_id
JOIN people_person p ON p.id = c.person_id
JOIN custody_position pos ON pos.card_id = c.id
JOIN custody_account a ON a.id = pos.account_id
JOIN orgs_organization keeper ON keeper.id = a.organization_id
JOIN orgs_organization office ON office.id = e.org_id
JOIN orgs_user u ON u.id = e.actor_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
LEFT JOIN cards_application app ON app.old_card_id = c.id AND app.reason = 'defect'
WHERE e.act = 'defect.record' AND e.subject_kind = 'card'
  AND e.org_id IN (SELECT id FROM orgs_organization WHERE path LIKE %(office)s)
