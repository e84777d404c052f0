-- Each staged row whose card is in the book, with what it says otherwise than the book. A row that is silent
-- contradicts nothing; a card "in stock" may lie in any box of that office.
SELECT s.row, c.id AS card_id, p.number_index = s.number_index AS same_person, o.name AS county,
       array_remove(ARRAY[
           CASE WHEN p.number_index <> s.number_index THEN 'holder' END,
           CASE WHEN p.number_index = s.number_index AND NOT p.search_keys @> ARRAY[s.name_key]
                THEN 'name' END,
           CASE WHEN c.county_id <> %(county)s THEN 'county' END,
           CASE WHEN s.stage <> '' AND s.stage <> c.stage THEN 'stage' END,
           CASE WHEN s.social <> '' AND s.social <> c.social THEN 'social' END,
           CASE WHEN s.hold <> '' AND s.hold <>
                     CASE WHEN c.hold_until <= clock_timestamp() THEN 'none' ELSE c.hold END
                THEN 'hold' END,
           CASE WHEN s.place_text <> '' AND NOT (
                    a.kind = s.place AND (
                        a.kind NOT IN ('store', 'box', 'drawer', 'defect', 'returned')
                        OR a.organization_id = s.office_id
                           AND (a.kind <> 'box' OR a.code = s.box_code))
                    OR s.place = 'store' AND a.kind IN ('box', 'drawer')
                       AND a.organization_id = s.office_id)
                THEN 'place' END,
           CASE WHEN s.valid_doubted OR s.valid AND c.social = 'cancelled'
                     OR NOT s.valid AND c.social = 'active' AND c.hold = 'none'
                THEN 'valid' END
       ], NULL) AS differs
FROM intake_openingrow s
JOIN cards_card c ON c.number = s.card_number
JOIN people_person p ON p.id = c.person_id
JOIN orgs_organization o ON o.id = c.county_id
JOIN custody_position w ON w.card_id = c.id
JOIN custody_account a ON a.id = w.account_id
WHERE s.file_id = %(file)s
