-- People of the manifest whom the book does not know yet; one row each, whatever the file repeats.
INSERT INTO people_person (number_kind, number_sealed, number_index, name_sealed, phone_sealed,
                           phone_index, address_sealed, search_keys, sex, born_on, photo_digest)
SELECT DISTINCT ON (number_index) number_kind, number_sealed, number_index, name_sealed,
       phone_sealed, phone_index, address_sealed, search_keys, sex, born_on, ''
FROM intake_manifestrow WHERE file_id = %(file)s
ORDER BY number_index, row
ON CONFLICT (number_index) DO NOTHING
