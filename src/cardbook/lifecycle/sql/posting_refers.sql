-- What a posting names is there, asked once for a whole statement instead of three times for each row,
-- and stays there: accounts are kept for ever, as movements and cards are. Whoever closes an office
-- holds its accounts (FOR UPDATE); the cards that arrive wait for him here, before it is asked whether
-- the office is open (the trigger's name stands before posting_moves_position in the alphabet).
CREATE FUNCTION posting_finds_all() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken bigint;
BEGIN
    PERFORM FROM custody_account WHERE id IN (SELECT account_id FROM added) ORDER BY id FOR KEY SHARE;
    SELECT min(a.card_id) INTO broken FROM added a
    LEFT JOIN custody_movement m ON m.id = a.movement_id
    LEFT JOIN custody_account c ON c.id = a.account_id
    LEFT JOIN cards_card k ON k.id = a.card_id
    WHERE m.id IS NULL OR c.id IS NULL OR k.id IS NULL;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION '卡 % 的交接分录所指的卡、账户或交接不存在', broken
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER posting_finds_all AFTER INSERT ON custody_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION posting_finds_all();
CREATE TRIGGER account_refuses_delete BEFORE DELETE OR TRUNCATE ON custody_account
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_keeps_its_id BEFORE UPDATE OF id ON custody_account
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
