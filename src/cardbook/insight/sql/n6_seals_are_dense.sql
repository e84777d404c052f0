-- Sealed places are 0, 1, 2 … without a gap, all of them under a checkpoint.
SELECT 'seal' AS kind, coalesce(max(place), -1) AS id,
       format('封存到第 %s 条，共 %s 条，检查点记有 %s 条', coalesce(max(place), -1) + 1, count(*),
              (SELECT coalesce(max(size), 0) FROM ledger_checkpoint)) AS said
FROM ledger_seal
HAVING count(*) <> coalesce(max(place), -1) + 1
    OR count(*) <> (SELECT coalesce(max(size), 0) FROM ledger_checkpoint)
