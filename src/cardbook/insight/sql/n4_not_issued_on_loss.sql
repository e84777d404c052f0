-- No card was handed over while it was on loss: reported before, neither lifted nor lapsed by the day it
-- was given (Art. 28). What an oral loss says of its own end is the end; a written one has none.
SELECT e.subject_kind AS kind, e.subject_id AS id,
       format('台账记录 %s 发放了正在挂失的卡（挂失记录 %s）', e.id, lost.id) AS said
FROM ledger_event lost
JOIN ledger_event e ON e.subject_kind = 'card' AND e.subject_id = lost.subject_id AND e.seq > lost.seq
JOIN (VALUES $given_acts) AS gives(act, day) ON gives.act = e.act
WHERE lost.act IN ($losing_acts)
  AND coalesce((lost.facts::json->>'hold_until')::timestamptz > e.happened_at, true)
  AND NOT EXISTS (
      SELECT FROM ledger_event u
      WHERE u.subject_kind = 'card' AND u.subject_id = lost.subject_id
        AND u.seq > lost.seq AND u.seq < e.seq AND u.act IN ($unholding_acts))
