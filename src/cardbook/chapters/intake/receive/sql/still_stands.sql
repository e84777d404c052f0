-- Whether the book still says of the other rows what it said at the check: how many cards it knows as
-- this person's in this county, how many holders it knows by another name, and how many accounts are
-- on a living card of somebody else.
SELECT (SELECT count(*) FROM staged s JOIN cards_card c ON c.number = s.card_number
        JOIN people_person p ON p.id = c.person_id AND p.number_index = s.number_index
        WHERE c.county_id = %(county)s) AS known,
       (SELECT count(*) FROM staged s JOIN people_person p ON p.number_index = s.number_index
        WHERE NOT p.search_keys @> ARRAY[s.name_key]) AS renamed,
       (SELECT count(*) FROM staged s JOIN intake_cardaccount a USING (account_key)
        JOIN cards_card c ON c.id = a.card_id AND c.number <> s.card_number
                         AND c.stage NOT IN ('cancelled', 'destroyed', 'recalled', 'returned')
        JOIN people_person p ON p.id = c.person_id
        WHERE p.number_index <> s.number_index) AS taken
