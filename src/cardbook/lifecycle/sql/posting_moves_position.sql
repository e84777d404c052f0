-- Double entry: each card of a movement leaves one account and arrives at one; it leaves from where it
-- is; a card without a place can only come from outside. The one place of each card is kept here and
-- nowhere else: the function runs with its owner's rights, the application may only read positions.
CREATE FUNCTION posting_moves_position() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE
    broken bigint;
BEGIN
    SELECT min(card_id) INTO broken FROM (
        SELECT card_id FROM added GROUP BY movement_id, card_id
        HAVING count(*) <> 2 OR sum(amount) <> 0) AS unbalanced;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION '卡 % 的交接借贷不平', broken USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- min(), not LIMIT 1: see state_follows_ledger.sql.
    SELECT min(a.card_id) INTO broken FROM added a
    JOIN custody_account source ON source.id = a.account_id
    LEFT JOIN custody_position p ON p.card_id = a.card_id
    WHERE a.amount = -1 AND p.account_id IS DISTINCT FROM a.account_id
      AND NOT (p.card_id IS NULL AND source.kind = 'outside');
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION '卡 % 不在移出的位置', broken USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- Whoever closes an organisation holds its accounts, so this is asked after they are free again.
    SELECT min(a.card_id) INTO broken FROM added a
    JOIN custody_account target ON target.id = a.account_id
    JOIN orgs_organization o ON o.id = target.organization_id AND o.valid_to IS NOT NULL
    WHERE a.amount = 1;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION '卡 % 不能交到已撤销的机构', broken
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'organization_is_open';
    END IF;
    INSERT INTO custody_position AS p (card_id, account_id, slot, movement_id, since)
    SELECT card_id, account_id, slot, movement_id, clock_timestamp() FROM added WHERE amount = 1
    ON CONFLICT (card_id) DO UPDATE
        SET account_id = excluded.account_id, slot = excluded.slot,
            movement_id = excluded.movement_id, since = excluded.since;
    RETURN NULL;
END $$;
CREATE TRIGGER posting_moves_position AFTER INSERT ON custody_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION posting_moves_position();

-- A card always has a place: at the end of a transaction that made cards, each has a position.
CREATE FUNCTION card_has_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM ledger_event e
        LEFT JOIN custody_position p ON p.card_id = e.subject_id
        WHERE e.id BETWEEN NEW.first AND NEW.last
          AND e.subject_kind = 'card' AND p.card_id IS NULL) > 0
    THEN
        RAISE EXCEPTION '有卡没有保管位置' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER card_has_place AFTER INSERT ON ledger_promise
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION card_has_place();
