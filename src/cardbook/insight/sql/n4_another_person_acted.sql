-- What another person has to do was not done by whoever brought the subject into being (Art. 13).
SELECT e.subject_kind AS kind, e.subject_id AS id,
       format('台账记录 %s 须由登记人以外的人办理', e.id) AS said
FROM ledger_event e
JOIN (VALUES $other_people) AS need(act, version)
  ON need.act = e.act AND need.version = e.act_version
JOIN ledger_event born
  ON born.subject_kind = e.subject_kind AND born.subject_id = e.subject_id AND born.seq = 1
WHERE born.actor_id = e.actor_id
