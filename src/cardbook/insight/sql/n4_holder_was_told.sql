-- Every notice an act owes was given (Art. 9, 12).
SELECT e.subject_kind AS kind, e.subject_id AS id,
       format('台账记录 %s（%s）没有告知：%s', e.id, need.title, need.notice) AS said
FROM ledger_event e
JOIN (VALUES $notices) AS need(act, version, title, code, notice)
  ON need.act = e.act AND need.version = e.act_version
WHERE NOT EXISTS (
    SELECT FROM unnest(e.told) AS told(text) WHERE split_part(told.text, '/', 1) = need.code)
