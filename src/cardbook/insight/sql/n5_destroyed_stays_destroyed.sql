-- After its destruction nothing more was done to a card: it never reappears (Art. 19).
SELECT 'card' AS kind, e.subject_id AS id,
       format('销毁后又有台账记录 %s（%s）', e.id, e.act) AS said
FROM ledger_event gone
JOIN ledger_event e
  ON e.subject_kind = 'card' AND e.subject_id = gone.subject_id AND e.seq > gone.seq
WHERE gone.subject_kind = 'card' AND gone.act IN ($destroying_acts)
  AND e.act NOT IN ($harmless_acts)
