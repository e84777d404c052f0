-- Events of a subject are numbered 1, 2, 3 … without a gap, and every event of a card, an application
-- or a temporary card is mirrored by its row before the transaction ends.
CREATE FUNCTION event_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- count(*), not EXISTS: see state_follows_ledger.sql.
    IF (SELECT count(*) FROM added a
        WHERE a.seq > 1 AND NOT EXISTS (
            SELECT FROM ledger_event e
            WHERE e.subject_kind = a.subject_kind AND e.subject_id = a.subject_id
              AND e.seq = a.seq - 1)) > 0
    THEN
        RAISE EXCEPTION '台账序号不连续' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    INSERT INTO ledger_promise (first, last) SELECT min(id), max(id) FROM added HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER event_follows AFTER INSERT ON ledger_event
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION event_follows();

-- Runs once for each inserting statement, at commit: no event without its mirror.
CREATE FUNCTION promise_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM ledger_event e
        LEFT JOIN cards_card c ON e.subject_kind = 'card' AND c.id = e.subject_id
        LEFT JOIN cards_application a ON e.subject_kind = 'application' AND a.id = e.subject_id
        LEFT JOIN cards_temporarycard t
               ON e.subject_kind = 'temporary_card' AND t.id = e.subject_id
        WHERE e.id BETWEEN NEW.first AND NEW.last
          AND e.subject_kind IN ('card', 'application', 'temporary_card')
          AND coalesce(c.version, a.version, t.version, 0) < e.seq) > 0
    THEN
        RAISE EXCEPTION '台账有记录而卡片状态未随之变更' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    DELETE FROM ledger_promise WHERE id = NEW.id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER promise_is_kept AFTER INSERT ON ledger_promise
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION promise_is_kept();
