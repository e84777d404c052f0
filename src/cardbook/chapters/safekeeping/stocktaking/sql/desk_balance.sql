-- The closing balance of each desk for a day (Art. 20): what an office had in its stores, boxes,
-- drawers and set-aside places, what came and went, and what is left. The opening balance is what
-- lies there now less all that moved since; moves inside one office do not count.
WITH place AS (
    SELECT a.id, a.kind, a.organization_id AS office_id
    FROM custody_account a JOIN orgs_organization o ON o.id = a.organization_id
    WHERE o.path LIKE %(path)s AND a.kind = ANY(%(kept)s)
), moved AS MATERIALIZED (
    SELECT e.actor_id, e.happened_at, s.account_id AS source_id, t.account_id AS target_id
    FROM ledger_event e
    JOIN custody_movement m ON m.batch = e.batch AND m.act = e.act
    JOIN custody_posting s
        ON s.card_id = e.subject_id AND s.movement_id = m.id AND s.amount = -1
    JOIN custody_posting t
        ON t.card_id = e.subject_id AND t.movement_id = m.id AND t.amount = 1
    WHERE e.subject_kind = 'card' AND e.act = ANY(%(acts)s) AND e.org_id = ANY(%(offices)s)
        AND e.happened_at >= %(since)s
), flow AS (
    SELECT here.office_id, actor_id, happened_at, -1 AS amount,
        CASE WHEN there.kind = 'holder' THEN 'issued' ELSE 'given' END AS way
    FROM moved
    JOIN place AS here ON here.id = source_id
    JOIN custody_account AS there ON there.id = target_id
    LEFT JOIN place AS inside ON inside.id = target_id
    WHERE inside.office_id IS DISTINCT FROM here.office_id
    UNION ALL
    SELECT here.office_id, actor_id, happened_at, 1,
        CASE WHEN there.kind = 'holder' THEN 'taken_back' ELSE 'received' END
    FROM moved
    JOIN place AS here ON here.id = target_id
    JOIN custody_account AS there ON there.id = source_id
    LEFT JOIN place AS inside ON inside.id = source_id
    WHERE inside.office_id IS DISTINCT FROM here.office_id
), day AS (
    SELECT office_id,
        sum(amount) AS since_then,
        count(*) FILTER (WHERE happened_at < %(until)s AND way = 'received') AS received,
        count(*) FILTER (WHERE happened_at < %(until)s AND way = 'issued') AS issued,
        count(*) FILTER (WHERE happened_at < %(until)s AND way = 'taken_back') AS taken_back,
        count(*) FILTER (WHERE happened_at < %(until)s AND way = 'given') AS given,
        array_agg(DISTINCT actor_id) FILTER (WHERE happened_at < %(until)s) AS actor_ids
    FROM flow GROUP BY office_id
), here AS (
    SELECT place.office_id, sum(t.cards) AS cards
    FROM place JOIN custody_tally t ON t.account_id = place.id
    GROUP BY place.office_id
)
SELECT o.name AS office, coalesce(here.cards, 0) - coalesce(day.since_then, 0) AS opening,
    coalesce(day.received, 0) AS received, coalesce(day.issued, 0) AS issued,
    coalesce(day.taken_back, 0) AS taken_back, coalesce(day.given, 0) AS given,
    coalesce((
        SELECT string_agg(u.name, '、' ORDER BY u.name) FROM orgs_user u
        WHERE u.id = ANY(day.actor_ids)
    ), '') AS tellers
FROM here FULL JOIN day USING (office_id)
JOIN orgs_organization o ON o.id = office_id
ORDER BY o.code, o.id
