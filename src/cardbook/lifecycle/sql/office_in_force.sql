-- No card arrives at an office that was closed, or is only planned: `in_force` says what its days say
-- of today, also where a change was planned ahead (docs/adr/0015).
CREATE OR REPLACE FUNCTION posting_moves_position() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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
    JOIN orgs_organization o ON o.id = target.organization_id AND NOT o.in_force
    WHERE a.amount = 1;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION '卡 % 不能交到已撤销的机构', broken
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'organization_is_open';
    END IF;
    INSERT INTO custody_position AS p (card_id, account_id, slot, movement_id, since)
    SELECT a.card_id, a.account_id, a.slot, a.movement_id, least(m.happened_at, clock_timestamp())
    FROM added a JOIN custody_movement m ON m.id = a.movement_id WHERE a.amount = 1
    ON CONFLICT (card_id) DO UPDATE
        SET account_id = excluded.account_id, slot = excluded.slot,
            movement_id = excluded.movement_id, since = excluded.since;
    RETURN NULL;
END $$;
