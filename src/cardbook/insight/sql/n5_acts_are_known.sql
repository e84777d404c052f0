-- Every event of a subject is an act of the table, done to the right kind of subject.
SELECT e.subject_kind AS kind, e.subject_id AS id,
       format('台账记录 %s 的业务“%s”（版本 %s）不在业务总表中', e.id, e.act, e.act_version) AS said
FROM ledger_event e
LEFT JOIN (VALUES $known_acts) AS known(kind, act, version)
       ON known.kind = e.subject_kind AND known.act = e.act AND e.act_version <= known.version
WHERE e.subject_kind IN ('card', 'application', 'temporary_card', 'correction', 'mandate') AND known.act IS NULL
