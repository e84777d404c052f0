-- A subject's row changes only together with its event: the version rises by exactly one and the
-- ledger holds an event of that number, one of this transaction: a full ledger is not read again.
-- The subject's kind is the trigger's argument; an id that changed finds no old row of its own.
-- Rows, old rows and events are laid side by side and grouped, never joined. A connection keeps the plan of
-- its first call, made for one row, and the next statement may change fifty thousand; and in a book of many
-- small transactions the planner takes this one's events to be one or two. A join by such a plan is
-- quadratic, and so is a search for one offender (EXISTS, LIMIT 1) when there is none; grouping is linear.
CREATE OR REPLACE FUNCTION state_follows_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken bigint;
    sealed text[];
BEGIN
    -- Sides of a number of a subject: 1 the row has it, 2 the old row leads to it, 4 an event tells it.
    IF TG_OP = 'INSERT' THEN
        SELECT min(id) INTO broken
        FROM (SELECT id, number, bit_or(side) AS sides
              FROM (SELECT id, version AS number, 1 AS side FROM added
                    UNION ALL
                    SELECT subject_id, seq, 4 FROM ledger_event
                    WHERE transaction = pg_current_xact_id()::text::bigint AND subject_kind = TG_ARGV[0]
                   ) AS laid
              GROUP BY id, number) AS found
        WHERE sides & 1 = 1 AND (sides <> 1 | 4 OR number <> 1);
    ELSE
        SELECT min(id) INTO broken
        FROM (SELECT id, number, bit_or(side) AS sides
              FROM (SELECT id, version AS number, 1 AS side FROM added
                    UNION ALL
                    SELECT id, version + 1, 2 FROM removed
                    UNION ALL
                    SELECT subject_id, seq, 4 FROM ledger_event
                    WHERE transaction = pg_current_xact_id()::text::bigint AND subject_kind = TG_ARGV[0]
                   ) AS laid
              GROUP BY id, number) AS found
        WHERE sides & 1 = 1 AND sides <> 1 | 2 | 4;
        IF broken IS NOT NULL AND EXISTS (SELECT id FROM added EXCEPT SELECT id FROM removed) THEN
            RAISE EXCEPTION '% 的编号不可更改', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    -- A change of the key is no act: the owner, and only he, seals the same values anew (row P6).
    IF broken IS NOT NULL AND TG_OP = 'UPDATE'
        AND (SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = TG_RELID)
    THEN
        SELECT array_agg(attname::text) INTO sealed
        FROM pg_attribute WHERE attrelid = TG_RELID AND attname LIKE '%\_sealed';
        IF NOT EXISTS (SELECT to_jsonb(a) - sealed FROM added a
                       EXCEPT SELECT to_jsonb(r) - sealed FROM removed r) THEN
            RETURN NULL;
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
