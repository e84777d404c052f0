-- An act of two people names two different ones (Art. 6).
SELECT e.subject_kind AS kind, e.subject_id AS id,
       format('台账记录 %s 须两人办理，只有一人', e.id) AS said
FROM ledger_event e
JOIN (VALUES $two_people) AS need(act, version) ON need.act = e.act AND need.version = e.act_version
WHERE e.second_id IS NULL OR e.second_id = e.actor_id
