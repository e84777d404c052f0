-- Every event leads back to the request of the person who asked for it, once.
SELECT e.subject_kind AS kind, e.subject_id AS id,
       format('台账记录 %s 没有对应的办理请求', e.id) AS said
FROM ledger_event e
LEFT JOIN ledger_request r ON r.batch = e.batch AND r.actor_id = e.actor_id
WHERE e.subject_kind IN ('card', 'application', 'temporary_card', 'correction', 'mandate') AND r.key IS NULL
