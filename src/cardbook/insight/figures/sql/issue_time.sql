CREATE VIEW figures_issue_time WITH (security_invoker = true) AS
SELECT *, (since AT TIME ZONE 'Asia/Shanghai')::date - (received_at AT TIME ZONE 'Asia/Shanghai')::date AS waited_days
FROM figures_issued WHERE received_at IS NOT NULL;
COMMENT ON VIEW figures_issue_time IS '现在登记在持卡人手中、有清点接收登记的卡，从第一次接收那天到发放那天隔了几天。中位数：一半的卡不超过这个天数；九成：十张里九张不超过。期初建账时已经发放的卡没有接收登记，不算。';
