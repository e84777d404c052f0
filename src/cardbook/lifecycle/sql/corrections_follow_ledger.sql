-- The fourth subject, the handling of a wrong card, keeps the promises of the other three: its row
-- changes only with an event, no event is without its row, and nothing is deleted.
CREATE TRIGGER correction_born_with_event AFTER INSERT ON cards_correction
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION state_follows_ledger('correction');
CREATE TRIGGER correction_follows_ledger AFTER UPDATE ON cards_correction
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION state_follows_ledger('correction');
CREATE TRIGGER correction_refuses_delete BEFORE DELETE OR TRUNCATE ON cards_correction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION correction_promise_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM ledger_event e
        LEFT JOIN cards_correction c ON c.id = e.subject_id
        WHERE e.id BETWEEN NEW.first AND NEW.last
          AND e.subject_kind = 'correction' AND coalesce(c.version, 0) < e.seq) > 0
    THEN
        RAISE EXCEPTION '台账有记录而错卡处理状态未随之变更'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER correction_promise_is_kept AFTER INSERT ON ledger_promise
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION correction_promise_is_kept();
