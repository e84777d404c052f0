-- The fifth subject, the mandate, keeps the promises of the other four: its row
-- changes only with an event, no event is without its row, and nothing is deleted.
CREATE TRIGGER mandate_born_with_event AFTER INSERT ON people_mandate
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION state_follows_ledger('mandate');
CREATE TRIGGER mandate_follows_ledger AFTER UPDATE ON people_mandate
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION state_follows_ledger('mandate');
CREATE TRIGGER mandate_refuses_delete BEFORE DELETE OR TRUNCATE ON people_mandate
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION mandate_promise_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM ledger_event e
        LEFT JOIN people_mandate c ON c.id = e.subject_id
        WHERE e.id BETWEEN NEW.first AND NEW.last
          AND e.subject_kind = 'mandate' AND coalesce(c.version, 0) < e.seq) > 0
    THEN
        RAISE EXCEPTION '台账有记录而代领委托状态未随之变更'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER mandate_promise_is_kept AFTER INSERT ON ledger_promise
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mandate_promise_is_kept();
