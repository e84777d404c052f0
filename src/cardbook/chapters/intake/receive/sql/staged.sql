-- The keys of a file's staged rows, on their own and counted, so that the planner knows how many there
-- are: a file of thirty rows looks its cards up one by one, a file of a million hashes the book.
CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
SELECT row, card_number, number_index, name_key, noted, batch_code, maker, bank_name, town_name, box_code,
       packing, account_key
FROM intake_manifestrow WHERE file_id = %(file)s ORDER BY row
