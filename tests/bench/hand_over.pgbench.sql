-- A hand-over by hand: the same rows, the same order, nothing asked and nothing judged.
SELECT nextval('bench_next') AS n \gset
SELECT p.card_id, c.version + 1 AS seq, p.facts, w.account_id AS source
FROM bench_pool p JOIN cards_card c ON c.id = p.card_id JOIN custody_position w ON w.card_id = c.id
WHERE p.n = :n \gset
SELECT gen_random_uuid() AS batch \gset
BEGIN;
INSERT INTO ledger_request (key, digest, act, actor_id, batch, subject_ids)
VALUES ('pgbench-' || :batch::text, sha256('x'), 'card.issue', :actor, :batch::uuid,
    ARRAY[:card_id::bigint]);
SELECT id FROM cards_card WHERE id = :card_id FOR NO KEY UPDATE;
INSERT INTO ledger_event (subject_kind, subject_id, seq, act, act_version, happened_at, actor_id,
    post_id, org_id, device, facts, papers, told, basis, edition, batch)
VALUES ('card', :card_id, :seq, 'card.issue', 1, '2026-11-25', :actor, :post, :org, '演示',
    :facts::text,
    '{id_card_original:,id_card_copy:,signature_paper:}', '{pick_up/1}',
    '第八条第四款、第七条、第十二条', '2015', :batch::uuid);
UPDATE cards_card SET version = version + 1, stage = 'issued' WHERE id = :card_id;
INSERT INTO custody_movement (act, batch, happened_at)
VALUES ('card.issue', :batch::uuid, '2026-11-25') RETURNING id AS movement \gset
INSERT INTO custody_posting (movement_id, account_id, card_id, amount)
VALUES (:movement, :source, :card_id, -1), (:movement, :holder, :card_id, 1);
COMMIT;
