-- Whoever has a card in a county is found there by every key of his name and number. Kept here and
-- nowhere else: the functions run with their owner's rights, the application may only read the keys.
-- Old and new rows are compared with EXCEPT and never joined: the plan a connection keeps was made for
-- one row, and joins fifty thousand in a quadratic time (state_follows_ledger.sql).
CREATE OR REPLACE FUNCTION search_keys_of_cards() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO cards_searchkey (county_id, key, person_id)
        SELECT a.county_id, k.key, a.person_id
        FROM added a JOIN people_person p ON p.id = a.person_id, unnest(p.search_keys) AS k(key)
        ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO cards_searchkey (county_id, key, person_id)
        SELECT a.county_id, k.key, a.person_id
        FROM (SELECT county_id, person_id FROM added
              EXCEPT SELECT county_id, person_id FROM removed) AS a
        JOIN people_person p ON p.id = a.person_id, unnest(p.search_keys) AS k(key)
        ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER card_is_found AFTER INSERT ON cards_card
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION search_keys_of_cards();
CREATE OR REPLACE TRIGGER card_is_found_elsewhere AFTER UPDATE ON cards_card
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION search_keys_of_cards();

-- A name that is put right is found under the right keys, and no more under the wrong ones.
CREATE OR REPLACE FUNCTION search_keys_of_people() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM cards_searchkey s
    USING (SELECT id, search_keys FROM removed EXCEPT SELECT id, search_keys FROM added) AS r
          JOIN cards_card c ON c.person_id = r.id, unnest(r.search_keys) AS k(key)
    WHERE s.county_id = c.county_id AND s.key = k.key AND s.person_id = r.id;
    INSERT INTO cards_searchkey (county_id, key, person_id)
    SELECT c.county_id, k.key, a.id
    FROM (SELECT id, search_keys FROM added EXCEPT SELECT id, search_keys FROM removed) AS a
         JOIN cards_card c ON c.person_id = a.id, unnest(a.search_keys) AS k(key)
    ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER person_is_found AFTER UPDATE ON people_person
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION search_keys_of_people();
