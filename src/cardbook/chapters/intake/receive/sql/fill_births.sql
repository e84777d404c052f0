-- One birth for each card the book does not know; in the order of rows, so that ids follow the packing.
-- A person the book does not know gets his id here and his row by post_people.sql.
INSERT INTO birth (row, person_is_new, box_code, number, person_id, county_id, batch_id, bank_org_id,
                   bank_account_sealed, bank_last4, "group", unit_code, unit_name, town_id, village,
                   packing)
SELECT s.row, p.id IS NULL, s.box_code, s.card_number,
       coalesce(p.id, nextval(pg_get_serial_sequence('people_person', 'id'))),
       %(county)s, m.id, b.id, s.bank_account_sealed, s.bank_last4, s."group", s.unit_code,
       s.unit_name, t.id, s.village, s.packing
FROM staged k
JOIN intake_manifestrow s ON s.file_id = %(file)s AND s.row = k.row
LEFT JOIN people_person p ON p.number_index = k.number_index
LEFT JOIN orgs_organization b ON b.kind = 'bank' AND b.name = s.bank_name
JOIN cards_batch m ON m.code = s.batch_code AND m.bank_id IS NOT DISTINCT FROM b.id
LEFT JOIN orgs_organization t ON t.kind = 'town' AND t.county_id = %(county)s
                             AND t.name = s.town_name
WHERE NOT EXISTS (SELECT FROM cards_card c WHERE c.number = k.card_number)
ORDER BY k.row
