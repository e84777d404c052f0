-- Mandates kept as rows before they were acts get the events they would have had (Art. 10): registered by
-- whom and when, revoked by whom, on which day (at its end) and why.
CREATE TEMPORARY TABLE written_up ON COMMIT DROP AS
SELECT m.*, gen_random_uuid() AS batch, gen_random_uuid() AS revoked_batch FROM people_mandate m;

INSERT INTO ledger_request (key, digest, act, actor_id, batch, subject_ids)
SELECT format('mandate-%s-written-up', id), sha256(convert_to(id::text, 'UTF8')), 'mandate.register',
       registered_by_id, batch, ARRAY[id]
FROM written_up
UNION ALL
SELECT format('mandate-%s-revoked-written-up', id), sha256(convert_to(id::text, 'UTF8')),
       'mandate.revoke', revoked_by_id, revoked_batch, ARRAY[id]
FROM written_up WHERE revoked_by_id IS NOT NULL;

INSERT INTO ledger_event (subject_kind, subject_id, seq, act, act_version, happened_at, actor_id, org_id,
    device, facts, papers, told, basis, edition, batch)
SELECT 'mandate', id, 1, 'mandate.register', 1, registered_at, registered_by_id, county_id, '',
       format('{"agent":%s,"given_on":"%s","reason":"%s","relation":"%s","since":"%s","until":"%s"}',
              agent_id, signed_on, reason, relation, since, until),
       ARRAY['mandate:' || paper_digest], '{}', '第十条', '', batch
FROM written_up ORDER BY id;

INSERT INTO ledger_event (subject_kind, subject_id, seq, act, act_version, happened_at, actor_id, org_id,
    device, facts, papers, told, basis, edition, batch)
SELECT 'mandate', id, 2, 'mandate.revoke', 1,
       greatest((revoked_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' - interval '1 second', registered_at),
       revoked_by_id, county_id, '',
       format('{"words":%s}', to_json(revoked_words)::text), '{}', '{}', '第十条', '', revoked_batch
FROM written_up WHERE revoked_by_id IS NOT NULL ORDER BY id;

UPDATE people_mandate SET standing = 'revoked', version = 2 WHERE revoked_by_id IS NOT NULL;
