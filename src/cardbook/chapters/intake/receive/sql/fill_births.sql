-- One birth for each card the book does not know; order of rows, so that ids follow the packing.
INSERT INTO birth (number, person_id, county_id, batch_id, bank_org_id, bank_account_sealed,
                   bank_last4, "group", unit_code, unit_name, town_id, village, packing)
SELECT s.card_number, p.id, %(county)s, m.id, b.id, s.bank_account_sealed, s.bank_last4, s."group",
       s.unit_code, s.unit_name, t.id, s.village, s.packing
FROM intake_manifestrow s
JOIN people_person p ON p.number_index = s.number_index
LEFT JOIN orgs_organization b ON b.kind = 'bank' AND b.name = s.bank_name
JOIN cards_batch m ON m.code = s.batch_code AND m.bank_id IS NOT DISTINCT FROM b.id
LEFT JOIN orgs_organization t ON t.kind = 'town' AND t.county_id = %(county)s
                             AND t.name = s.town_name
LEFT JOIN cards_card c ON c.number = s.card_number
WHERE s.file_id = %(file)s AND c.id IS NULL
ORDER BY s.row
