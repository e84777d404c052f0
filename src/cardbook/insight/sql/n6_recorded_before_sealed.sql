-- No event is younger than the checkpoint it lies under, or than now.
SELECT e.subject_kind AS kind, e.subject_id AS id,
       format('台账记录 %s 的登记时间 %s 晚于%s', e.id, e.recorded_at,
              CASE WHEN s.place IS NULL THEN '现在' ELSE format('检查点 %s', c.sealed_at) END) AS said
FROM ledger_event e
LEFT JOIN ledger_seal s ON s.event_id = e.id
LEFT JOIN LATERAL (
    SELECT sealed_at FROM ledger_checkpoint WHERE size > s.place ORDER BY size LIMIT 1) AS c ON true
WHERE e.recorded_at > coalesce(c.sealed_at, clock_timestamp())
