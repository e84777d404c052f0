-- One birth for each card the book does not know; in the order of rows, so that ids follow the packing.
-- A person the book does not know gets his id here and his row by post_people.sql. Names are looked up
-- first and for `staged`, which is counted: the rows themselves count as none between files, so that each of
-- a million would go through all offices; they are read last, one by one (OFFSET keeps it so).
WITH named AS MATERIALIZED (
    SELECT k.row, k.card_number, k.number_index, k.batch_code, b.id AS bank_id, t.id AS town_id
    FROM staged k
    LEFT JOIN orgs_organization b ON b.kind = 'bank' AND b.name = k.bank_name
    LEFT JOIN orgs_organization t ON t.kind = 'town' AND t.county_id = %(county)s
                                 AND t.name = k.town_name
)
INSERT INTO birth (row, person_is_new, box_code, number, person_id, county_id, batch_id, bank_org_id,
                   bank_account_sealed, bank_last4, "group", unit_code, unit_name, town_id, village,
                   packing)
SELECT k.row, p.id IS NULL, s.box_code, k.card_number,
       coalesce(p.id, nextval((SELECT pg_get_serial_sequence('people_person', 'id')::regclass))),
       %(county)s, m.id, k.bank_id, s.bank_account_sealed, s.bank_last4, s."group", s.unit_code,
       s.unit_name, k.town_id, s.village, s.packing
FROM named k
LEFT JOIN people_person p ON p.number_index = k.number_index
JOIN cards_batch m ON m.code = k.batch_code AND m.bank_id IS NOT DISTINCT FROM k.bank_id
CROSS JOIN LATERAL (SELECT * FROM intake_manifestrow r
                    WHERE r.file_id = %(file)s AND r.row = k.row OFFSET 0) s
WHERE NOT EXISTS (SELECT FROM cards_card c WHERE c.number = k.card_number)
ORDER BY k.row
