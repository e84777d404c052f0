-- Replaying the ledger through the table of acts gives the state each $kind has now. A region's value
-- is what the last act that changes it made of it: values are numbered, and the number of the largest
-- seq * 100 + number survives.
WITH step(act$step_columns) AS (VALUES $steps), replayed AS (
    SELECT e.subject_id AS id$folds
    FROM ledger_event e JOIN step ON step.act = e.act
    WHERE e.subject_kind = '$kind' GROUP BY e.subject_id
), compared AS (
    SELECT s.id, ARRAY[$now_values] AS now, ARRAY[$replayed_values] AS replayed
    FROM $table s LEFT JOIN replayed r USING (id)
)
SELECT '$kind' AS kind, id,
       format('现为 %s，按台账重演应为 %s', array_to_string(now, ' / '),
              array_to_string(replayed, ' / ', '无')) AS said
FROM compared WHERE now IS DISTINCT FROM replayed
