-- Whoever closes an office holds its accounts (FOR UPDATE); the cards that arrive wait for him here, before
-- it is asked whether the office is open: this trigger's name stands before the next in the alphabet.
CREATE OR REPLACE FUNCTION posting_holds_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM custody_account WHERE id IN (SELECT account_id FROM added) ORDER BY id FOR KEY SHARE;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER posting_holds_accounts AFTER INSERT ON custody_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION posting_holds_accounts();

-- Double entry: each card of a movement leaves one account and arrives at one; it leaves from where it
-- is; a card without a place can only come from outside; none arrives at an office that is not in force
-- (docs/adr/0015). What a posting names is looked for here, once for a statement, as references would do
-- three times a row, and stays there: accounts are kept for ever, as movements and cards are.
-- The one place of each card is kept here and nowhere else: the function runs with its owner's rights,
-- the application may only read positions. A card lies there since the hand-over happened, not since
-- somebody wrote it down, and never later than now: how long it is stranded counts from that (Art. 16). From one
-- shelf of an office to another, or with the office into its successor, nothing begins anew: whoever could not
-- fetch it there cannot fetch it here either. When it first lay on a shelf stays with it.
CREATE OR REPLACE FUNCTION posting_moves_position() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE
    unknown bigint;
    unbalanced bigint;
    elsewhere bigint;
    closed bigint;
    handed_on boolean;
BEGIN
    SELECT min(s.card_id) FILTER (WHERE m.id IS NULL OR k.id IS NULL
                                     OR source.id IS NULL AND s.source_id IS NOT NULL
                                     OR target.id IS NULL AND s.target_id IS NOT NULL),
           min(s.card_id) FILTER (WHERE s.sides <> 2 OR s.total <> 0),
           min(s.card_id) FILTER (WHERE p.account_id IS DISTINCT FROM s.source_id
                                    AND NOT (p.card_id IS NULL AND source.kind = 'outside')),
           min(s.card_id) FILTER (WHERE NOT o.in_force),
           bool_or(starts_with(m.act, 'stock.hand_on'))
    INTO unknown, unbalanced, elsewhere, closed, handed_on
    FROM (SELECT movement_id, card_id, count(*) AS sides, sum(amount) AS total,
                 min(account_id) FILTER (WHERE amount = -1) AS source_id,
                 min(account_id) FILTER (WHERE amount = 1) AS target_id
          FROM added GROUP BY movement_id, card_id) s
    LEFT JOIN custody_movement m ON m.id = s.movement_id
    LEFT JOIN cards_card k ON k.id = s.card_id
    LEFT JOIN custody_account source ON source.id = s.source_id
    LEFT JOIN custody_account target ON target.id = s.target_id
    LEFT JOIN orgs_organization o ON o.id = target.organization_id
    LEFT JOIN custody_position p ON p.card_id = s.card_id;
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION '卡 % 的交接分录所指的卡、账户或交接不存在', unknown
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF unbalanced IS NOT NULL THEN
        RAISE EXCEPTION '卡 % 的交接借贷不平', unbalanced USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF elsewhere IS NOT NULL THEN
        RAISE EXCEPTION '卡 % 不在移出的位置', elsewhere USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- Whoever closes an organisation holds its accounts, so this is asked after they are free again.
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION '卡 % 不能交到已撤销的机构', closed
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'organization_is_open';
    END IF;
    INSERT INTO custody_position AS p (card_id, account_id, slot, movement_id, since, received_at)
    SELECT a.card_id, a.account_id, a.slot, a.movement_id,
           least(m.happened_at, clock_timestamp()),
           CASE WHEN t.kind IN ('store', 'box', 'drawer') THEN m.happened_at END
    FROM added a
    JOIN custody_movement m ON m.id = a.movement_id
    JOIN custody_account t ON t.id = a.account_id
    WHERE a.amount = 1
    ON CONFLICT (card_id) DO UPDATE
        SET account_id = excluded.account_id, slot = excluded.slot,
            movement_id = excluded.movement_id,
            -- Asked only where it can be: who carries on, or to a shelf (`received_at`) what lay on one before. By
            -- keys: a join might be planned for an empty book.
            since = CASE WHEN (handed_on OR p.received_at IS NOT NULL AND excluded.received_at IS NOT NULL) AND (
                SELECT starts_with(m.act, 'stock.hand_on')
                    OR f.organization_id = t.organization_id AND f.kind IN ('store', 'box', 'drawer')
                       AND t.kind IN ('store', 'box', 'drawer')
                FROM custody_movement m, custody_account f, custody_account t
                WHERE m.id = excluded.movement_id AND f.id = p.account_id AND t.id = excluded.account_id
            ) THEN p.since ELSE excluded.since END,
            received_at = coalesce(p.received_at, excluded.received_at);
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER posting_moves_position AFTER INSERT ON custody_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION posting_moves_position();
