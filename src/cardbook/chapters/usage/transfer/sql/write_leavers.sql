-- The staged rows become kept ones; who is kept already stays as he is.
INSERT INTO usage_transferout (county_id, file_id, row, number_sealed, number_index, name_sealed, name_key,
                               to_place, left_on, list_number, words)
SELECT %(county)s, file_id, row, number_sealed, number_index, name_sealed, name_key,
       to_place, left_on, list_number, ''
FROM usage_leavingrow WHERE file_id = %(file)s
ORDER BY number_index
ON CONFLICT DO NOTHING
