-- The promises of state_follows_ledger.sql, events_in_sequence.sql, posting_moves_position.sql and
-- posting_refers.sql as they are in force: the same ones, each table read once and the ledger only
-- where this transaction wrote.

-- The event is one of this transaction; an id that changed finds no old row of its own.
CREATE OR REPLACE FUNCTION state_follows_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken bigint;
    renamed boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT min(a.id) INTO broken FROM added a
        LEFT JOIN ledger_event e
               ON e.transaction = pg_current_xact_id()::text::bigint AND e.subject_kind = TG_ARGV[0]
              AND e.subject_id = a.id AND e.seq = 1
        WHERE a.version <> 1 OR e.id IS NULL;
    ELSE
        SELECT min(a.id) FILTER (WHERE a.version <> r.version + 1 OR e.id IS NULL), bool_or(r.id IS NULL)
        INTO broken, renamed
        FROM added a LEFT JOIN removed r USING (id)
        LEFT JOIN ledger_event e
               ON e.transaction = pg_current_xact_id()::text::bigint AND e.subject_kind = TG_ARGV[0]
              AND e.subject_id = a.id AND e.seq = a.version;
        IF renamed THEN
            RAISE EXCEPTION '% 的编号不可更改', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION '% % 的变更没有对应的台账记录', TG_TABLE_NAME, broken
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

-- Of the five kinds that have a row no number can be left out: each version of the row had its event
-- when it came, and no event is above the version when the transaction ends. Others are looked up.
CREATE OR REPLACE FUNCTION event_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- count(*), not EXISTS: see state_follows_ledger.sql.
    IF (SELECT count(*) FROM added a
        WHERE a.seq > 1
          AND a.subject_kind NOT IN ('card', 'application', 'temporary_card', 'correction', 'mandate')
          AND NOT EXISTS (
            SELECT FROM ledger_event e
            WHERE e.subject_kind = a.subject_kind AND e.subject_id = a.subject_id
              AND e.seq = a.seq - 1)) > 0
    THEN
        RAISE EXCEPTION '台账序号不连续' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    INSERT INTO ledger_promise (kind, first, last, born)
    SELECT subject_kind, min(id), max(id), bool_or(seq = 1) FROM added
    WHERE subject_kind IN ('card', 'application', 'temporary_card', 'correction', 'mandate')
    GROUP BY subject_kind;
    RETURN NULL;
END $$;

-- No event without its mirror, of all five kinds; a card that is born has a place (it never loses it:
-- positions are not deleted).
DROP TRIGGER card_has_place ON ledger_promise;
DROP TRIGGER correction_promise_is_kept ON ledger_promise;
DROP TRIGGER mandate_promise_is_kept ON ledger_promise;
DROP FUNCTION card_has_place();
DROP FUNCTION correction_promise_is_kept();
DROP FUNCTION mandate_promise_is_kept();
CREATE OR REPLACE FUNCTION promise_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken bigint;
BEGIN
    EXECUTE format(
        'SELECT count(*) FROM ledger_event e LEFT JOIN %I s ON s.id = e.subject_id
         WHERE e.id BETWEEN $1 AND $2 AND e.subject_kind = $3 AND coalesce(s.version, 0) < e.seq',
        CASE NEW.kind
            WHEN 'card' THEN 'cards_card'
            WHEN 'application' THEN 'cards_application'
            WHEN 'temporary_card' THEN 'cards_temporarycard'
            WHEN 'correction' THEN 'cards_correction'
            WHEN 'mandate' THEN 'people_mandate'
        END
    ) INTO broken USING NEW.first, NEW.last, NEW.kind;
    IF broken > 0 THEN
        RAISE EXCEPTION '台账有记录而“%”的状态未随之变更', NEW.kind
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.born AND NEW.kind = 'card' THEN
        SELECT count(*) INTO broken FROM ledger_event e LEFT JOIN custody_position p ON p.card_id = e.subject_id
        WHERE e.id BETWEEN NEW.first AND NEW.last AND e.subject_kind = 'card' AND p.card_id IS NULL;
        IF broken > 0 THEN
            RAISE EXCEPTION '有卡没有保管位置' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    DELETE FROM ledger_promise WHERE id = NEW.id;
    RETURN NULL;
END $$;

-- Accounts are held before anything is asked of them (posting_refers.sql): the trigger's name stands
-- before posting_moves_position in the alphabet.
DROP TRIGGER posting_finds_all ON custody_posting;
DROP FUNCTION posting_finds_all();
CREATE FUNCTION posting_holds_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM custody_account WHERE id IN (SELECT account_id FROM added) ORDER BY id FOR KEY SHARE;
    RETURN NULL;
END $$;
CREATE TRIGGER posting_holds_accounts AFTER INSERT ON custody_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION posting_holds_accounts();

-- One row for each card of a movement, with the account it leaves and the one it arrives at; the
-- card, the movement and both accounts are looked for, as references row by row would have done.
CREATE OR REPLACE FUNCTION posting_moves_position() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE
    unknown bigint;
    unbalanced bigint;
    elsewhere bigint;
    closed bigint;
BEGIN
    SELECT min(s.card_id) FILTER (WHERE m.id IS NULL OR k.id IS NULL
                                     OR source.id IS NULL AND s.source_id IS NOT NULL
                                     OR target.id IS NULL AND s.target_id IS NOT NULL),
           min(s.card_id) FILTER (WHERE s.sides <> 2 OR s.total <> 0),
           min(s.card_id) FILTER (WHERE p.account_id IS DISTINCT FROM s.source_id
                                    AND NOT (p.card_id IS NULL AND source.kind = 'outside')),
           min(s.card_id) FILTER (WHERE NOT o.in_force)
    INTO unknown, unbalanced, elsewhere, closed
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
    INSERT INTO custody_position AS p (card_id, account_id, slot, movement_id, since)
    SELECT a.card_id, a.account_id, a.slot, a.movement_id, least(m.happened_at, clock_timestamp())
    FROM added a JOIN custody_movement m ON m.id = a.movement_id WHERE a.amount = 1
    ON CONFLICT (card_id) DO UPDATE
        SET account_id = excluded.account_id, slot = excluded.slot,
            movement_id = excluded.movement_id, since = excluded.since;
    RETURN NULL;
END $$;
