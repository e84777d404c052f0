-- A subject's row changes only together with its event: the version rises by exactly one and the
-- ledger holds an event of that number, one of this transaction: a full ledger is not read again.
-- The subject's kind is the trigger's argument; an id that changed finds no old row of its own.
-- Offenders are sought with min() and not with LIMIT 1 or EXISTS: the planner would expect to meet one
-- soon, join row by row without a hash, and take a quadratic time when all is well. A connection keeps
-- the plan of its first call, made for one row, and the next statement may change fifty thousand: so old
-- and new rows are grouped, which is linear by any plan, and never joined.
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
        SELECT min(s.id) FILTER (WHERE s.version <> s.before + 1 OR e.id IS NULL), bool_or(s.before IS NULL)
        INTO broken, renamed
        FROM (SELECT id, max(version) FILTER (WHERE is_new) AS version,
                     max(version) FILTER (WHERE NOT is_new) AS before
              FROM (SELECT id, version, true AS is_new FROM added
                    UNION ALL SELECT id, version, false FROM removed) AS both_sides
              GROUP BY id) AS s
        LEFT JOIN ledger_event e
               ON e.transaction = pg_current_xact_id()::text::bigint AND e.subject_kind = TG_ARGV[0]
              AND e.subject_id = s.id AND e.seq = s.version;
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

CREATE OR REPLACE TRIGGER card_born_with_event AFTER INSERT ON cards_card
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION state_follows_ledger('card');
CREATE OR REPLACE TRIGGER card_follows_ledger AFTER UPDATE ON cards_card
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION state_follows_ledger('card');
CREATE OR REPLACE TRIGGER application_born_with_event AFTER INSERT ON cards_application
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION state_follows_ledger('application');
CREATE OR REPLACE TRIGGER application_follows_ledger AFTER UPDATE ON cards_application
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION state_follows_ledger('application');
CREATE OR REPLACE TRIGGER temporary_born_with_event AFTER INSERT ON cards_temporarycard
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION state_follows_ledger('temporary_card');
CREATE OR REPLACE TRIGGER temporary_follows_ledger AFTER UPDATE ON cards_temporarycard
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION state_follows_ledger('temporary_card');
CREATE OR REPLACE TRIGGER correction_born_with_event AFTER INSERT ON cards_correction
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION state_follows_ledger('correction');
CREATE OR REPLACE TRIGGER correction_follows_ledger AFTER UPDATE ON cards_correction
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION state_follows_ledger('correction');
CREATE OR REPLACE TRIGGER mandate_born_with_event AFTER INSERT ON people_mandate
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION state_follows_ledger('mandate');
CREATE OR REPLACE TRIGGER mandate_follows_ledger AFTER UPDATE ON people_mandate
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION state_follows_ledger('mandate');
