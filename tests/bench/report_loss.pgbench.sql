-- A loss by hand: the same rows, the same order, nothing asked and nothing judged.
SELECT nextval('bench_next') AS n \gset
SELECT p.card_id, c.version + 1 AS seq, p.facts
FROM bench_pool p JOIN cards_card c ON c.id = p.card_id WHERE p.n = :n \gset
SELECT gen_random_uuid() AS batch \gset
BEGIN;
INSERT INTO ledger_request (key, digest, act, actor_id, batch)
VALUES ('pgbench-' || :batch::text, sha256('x'), 'loss.report', :actor, :batch::uuid);
SELECT id FROM cards_card WHERE id = :card_id FOR NO KEY UPDATE;
INSERT INTO ledger_event (subject_kind, subject_id, seq, act, act_version, happened_at, actor_id,
    post_id, org_id, device, facts, papers, told, basis, edition, batch)
VALUES ('card', :card_id, :seq, 'loss.report', 1, '2026-11-25', :actor, :post, :org, '演示',
    :facts::text, '{}', '{}', '第二十八条', '2015', :batch::uuid);
UPDATE cards_card SET version = version + 1, hold = 'oral_loss', hold_until = '2026-12-02'
WHERE id = :card_id;
UPDATE ledger_request SET subject_ids = ARRAY[:card_id::bigint] WHERE key = 'pgbench-' || :batch::text;
COMMIT;
