-- The staged rows become kept ones; who is kept already stays as he is.
INSERT INTO usage_transferin (county_id, file_id, row, number_sealed, number_index, name_sealed, name_key,
                              from_place, moved_on, old_card, list_number, words)
SELECT %(county)s, file_id, row, number_sealed, number_index, name_sealed, name_key,
       from_place, moved_on, old_card, list_number, ''
FROM usage_transferrow WHERE file_id = %(file)s
ORDER BY number_index
ON CONFLICT DO NOTHING
