-- Whether the book still says of the other rows what it said at the check: how many cards it knows as
-- this person's in this county, and how many holders it knows by another name.
SELECT (SELECT count(*) FROM staged s JOIN cards_card c ON c.number = s.card_number
        JOIN people_person p ON p.id = c.person_id AND p.number_index = s.number_index
        WHERE c.county_id = %(county)s) AS known,
       (SELECT count(*) FROM staged s JOIN people_person p ON p.number_index = s.number_index
        WHERE NOT p.search_keys @> ARRAY[s.name_key]) AS renamed
