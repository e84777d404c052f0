-- Every fee taken or given back has a receipt of the same amount, and every receipt its entry in the
-- ledger: nothing is charged beside the book (Art. 26, 32 item 2).
SELECT 'application' AS kind, coalesce(e.subject_id, r.application_id) AS id,
       CASE
           WHEN e.id IS NULL THEN format('票据 %s 没有台账记录', r.number)
           WHEN r.id IS NULL THEN format('台账记录 %s 没有票据', e.id)
           ELSE format('票据 %s 的金额与台账记录 %s 不符', r.number, e.id)
       END AS said
FROM (SELECT * FROM ledger_event WHERE act IN ('fee.take', 'fee.refund')) e
FULL JOIN usage_feereceipt r
    ON r.batch = e.batch AND r.application_id = e.subject_id AND r.refund = (e.act = 'fee.refund')
WHERE e.id IS NULL OR r.id IS NULL OR (e.facts::jsonb ->> 'fee_fen')::int <> r.fee_fen
