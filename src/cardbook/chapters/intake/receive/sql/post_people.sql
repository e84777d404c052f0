-- People of the manifest whom the book does not know yet, under the ids their cards refer to.
INSERT INTO people_person (id, number_kind, number_sealed, number_index, name_sealed, phone_sealed,
                           phone_index, address_sealed, search_keys, sex, born_on, photo_digest)
SELECT b.person_id, s.number_kind, s.number_sealed, s.number_index, s.name_sealed, s.phone_sealed,
       s.phone_index, s.address_sealed, s.search_keys, s.sex, s.born_on, ''
FROM birth b JOIN intake_manifestrow s ON s.file_id = %(file)s AND s.row = b.row
WHERE b.person_is_new
ON CONFLICT (number_index) DO NOTHING
