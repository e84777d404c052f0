-- Events of a subject are numbered 1, 2, 3 … without a gap, and every event of one of the five kinds that
-- have a row (card, application, temporary card, correction, mandate) is mirrored by it before the
-- transaction ends. Of those no number can be left out: each version of the row had its event when it
-- came (state_follows_ledger.sql), and no event is above the version at the end. Others are looked up.
CREATE FUNCTION event_follows() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER event_follows AFTER INSERT ON ledger_event
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION event_follows();

-- Runs once for each kind an inserting statement wrote about, at commit: no event without its mirror, and
-- a card that is born has a place (it never loses it: positions are not deleted). How many events lie
-- between two ids is only known with the ids, so each call is planned for its own (docs/adr/0017).
CREATE FUNCTION promise_is_kept() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan AS $$
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
CREATE CONSTRAINT TRIGGER promise_is_kept AFTER INSERT ON ledger_promise
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION promise_is_kept();
