-- One row for each card found defective: when, where, by whom, with what result, and where it lies now.
WITH findings AS (
{findings})
SELECT e.id, e.happened_at, e.facts, u.name AS actor, office.name AS office,
       c.id AS card_id, c.number AS card_number, c.bank_last4, coalesce(b.name, '') AS bank,
       m.id AS batch_id, m.code AS batch, m.maker,
       p.name_sealed, p.number_sealed,
       a.kind AS place, keeper.name AS keeper, app.id AS application_id
FROM findings e
JOIN cards_card c ON c.id = e.card_id
JOIN cards_batch m ON m.id = c.batch_id
JOIN people_person p ON p.id = c.person_id
JOIN custody_position pos ON pos.card_id = c.id
JOIN custody_account a ON a.id = pos.account_id
JOIN orgs_organization keeper ON keeper.id = a.organization_id
JOIN orgs_organization office ON office.id = e.org_id
JOIN orgs_user u ON u.id = e.actor_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
LEFT JOIN LATERAL (
    SELECT id FROM cards_application WHERE old_card_id = c.id AND reason = 'defect' ORDER BY id DESC LIMIT 1
) app ON true
WHERE true
