-- As `ledger.append` writes them: one event a card, in the order of the step.
INSERT INTO ledger_event (subject_kind, subject_id, seq, act, act_version, happened_at, actor_id,
    second_id, post_id, org_id, device, facts, papers, told, basis, edition, batch)
SELECT 'card', card_id, seq, %(act)s, %(act_version)s, happened_at, actor_id,
    second_id, post_id, org_id, %(device)s, facts, %(papers)s::text[], %(told)s::text[], %(basis)s,
    %(edition)s, batch
FROM mass_step ORDER BY card_id
