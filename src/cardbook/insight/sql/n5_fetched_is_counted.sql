-- Whoever fetched a card for another is counted once, as the ledger says who came and when: his limit of a day and of
-- a year is read from that (Art. 10, 11). What was taken back is not counted. A row of a signed sheet and of a
-- parcel names him on paper only: there the ledger has the hand-over itself.
WITH fetched AS (
    SELECT e.id AS event, e.batch, c.person_id AS holder_id,
           coalesce(e.facts::json->>'agent', e.facts::json->>'guardian')::bigint AS agent_id, e.happened_at
    FROM ledger_event e JOIN cards_card c ON c.id = e.subject_id
    WHERE e.act IN ('card.issue_proxy', 'card.issue_guardian') AND NOT EXISTS (
        SELECT FROM ledger_event u
        WHERE u.subject_kind = 'card' AND u.subject_id = e.subject_id AND u.act = 'issue.undo'
            AND u.facts::json->>'event' = e.id::text)
    UNION ALL
    SELECT e.id, e.batch, (e.facts::json->>'person_id')::bigint, (e.facts::json->>'agent')::bigint, e.happened_at
    FROM ledger_event e WHERE e.act = 'temporary.lend' AND e.facts::json->>'agent' IS NOT NULL
)
SELECT 'person' AS kind, coalesce(f.agent_id, p.agent_id) AS id,
       CASE WHEN p.id IS NULL THEN format('台账记录 %s 由他代领，没有计数', f.event)
            WHEN f.event IS NULL THEN format('代领计数 %s 没有对应的台账记录', p.id)
            ELSE format('代领计数 %s（持卡人 %s，%s）与台账记录 %s 不符', p.id, p.agent_id, p.on, f.event)
       END AS said
FROM fetched f
FULL JOIN people_pickup p ON p.batch = f.batch AND p.holder_id = f.holder_id
WHERE p.id IS NULL
   OR f.event IS NULL AND NOT EXISTS (
        SELECT FROM ledger_event e JOIN cards_card c ON c.id = e.subject_id
        WHERE e.subject_kind = 'card' AND c.person_id = p.holder_id AND e.batch = p.batch
            AND e.act IN ('card.issue_collective', 'card.issue_posted'))
   OR f.event IS NOT NULL
        AND (p.agent_id <> f.agent_id OR p.on <> (f.happened_at AT TIME ZONE 'Asia/Shanghai')::date)
