-- How many cards lie in each account since which day is kept in rows that are added up (docs/adr/0018):
-- to count index entries takes the longer the more cards there are. Each change adds rows of its own, so
-- that no window waits for another; merging leaves one row of each account and day. Both functions run
-- with their owner's rights, the application may only read.
CREATE FUNCTION new_positions_are_tallied() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO custody_tally (account_id, since_on, cards)
    SELECT account_id, (since AT TIME ZONE 'Asia/Shanghai')::date, count(*) FROM came GROUP BY 1, 2;
    RETURN NULL;
END $$;
CREATE TRIGGER new_positions_are_tallied AFTER INSERT ON custody_position
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION new_positions_are_tallied();

CREATE FUNCTION moved_positions_are_tallied() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO custody_tally (account_id, since_on, cards)
    SELECT account_id, (since AT TIME ZONE 'Asia/Shanghai')::date, sum(amount)
    FROM (SELECT account_id, since, 1 AS amount FROM came
          UNION ALL SELECT account_id, since, -1 FROM gone) AS moved
    GROUP BY 1, 2 HAVING sum(amount) <> 0;
    RETURN NULL;
END $$;
CREATE TRIGGER moved_positions_are_tallied AFTER UPDATE ON custody_position
    REFERENCING OLD TABLE AS gone NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION moved_positions_are_tallied();

-- Who reads meanwhile adds up the rows before or the row after; two that merge at once share the rows.
CREATE FUNCTION merge_tally() RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
    WITH many AS (
        SELECT account_id, since_on FROM custody_tally
        GROUP BY 1, 2 HAVING count(*) > 1 OR sum(cards) = 0
    ), gone AS (
        DELETE FROM custody_tally t USING many
        WHERE (t.account_id, t.since_on) = (many.account_id, many.since_on)
        RETURNING t.account_id, t.since_on, t.cards
    ), kept AS (
        INSERT INTO custody_tally (account_id, since_on, cards)
        SELECT account_id, since_on, sum(cards) FROM gone GROUP BY 1, 2 HAVING sum(cards) <> 0
    )
    SELECT count(*) FROM gone
$$;

INSERT INTO custody_tally (account_id, since_on, cards)
SELECT account_id, (since AT TIME ZONE 'Asia/Shanghai')::date, count(*) FROM custody_position GROUP BY 1, 2;
