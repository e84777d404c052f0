-- What was looked at is never rewritten, not by the owner either; rows go only when their time is over.
CREATE TRIGGER look_refuses_change BEFORE UPDATE OR TRUNCATE ON liability_look
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER look_alarm_refuses_change BEFORE UPDATE OR TRUNCATE ON liability_lookalarm
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The one way for rows to go: those older than the city keeps them. The application may call it and not
-- delete; whatever it asks for, nothing younger than half a year goes (Cybersecurity Law: six months).
CREATE FUNCTION forget_looks(keep_days int) RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
    WITH alarms AS (
        DELETE FROM liability_lookalarm
        WHERE raised_at < now() - make_interval(days => greatest(keep_days, 184))
    ), looks AS (
        DELETE FROM liability_look
        WHERE looked_at < now() - make_interval(days => greatest(keep_days, 184)) RETURNING 1
    )
    SELECT count(*) FROM looks
$$;
