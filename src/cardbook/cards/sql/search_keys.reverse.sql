DROP FUNCTION search_keys_of_cards() CASCADE;
DROP FUNCTION search_keys_of_people() CASCADE;
DELETE FROM cards_searchkey;
