-- People of the sources whom the book does not know yet. A day of death is taken over only for them: whoever
-- the book knows already is listed, not overwritten.
INSERT INTO people_person (number_kind, number_sealed, number_index, name_sealed, phone_sealed,
                           phone_index, address_sealed, search_keys, sex, born_on, died_on,
                           photo_digest)
SELECT DISTINCT ON (number_index) number_kind, number_sealed, number_index, name_sealed,
       phone_sealed, phone_index, address_sealed, search_keys, sex, born_on, died_on, ''
FROM intake_openingrow WHERE file_id = %(file)s
ORDER BY number_index, died_on NULLS LAST, row
ON CONFLICT (number_index) DO NOTHING
