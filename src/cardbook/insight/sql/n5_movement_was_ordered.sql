-- No card moves without the event that ordered it, and no act that moves cards leaves them lying.
WITH moved AS (
    SELECT p.card_id, m.id AS movement_id, m.batch, m.act
    FROM custody_posting p JOIN custody_movement m ON m.id = p.movement_id WHERE p.amount = 1
), ordered AS (
    SELECT e.id, e.subject_id AS card_id, e.batch, e.act, mover.act IS NOT NULL AS must_move
    FROM ledger_event e
    LEFT JOIN (VALUES $moving_acts) AS mover(act, version)
           ON mover.act = e.act AND mover.version = e.act_version
    WHERE e.subject_kind = 'card'
)
SELECT 'card' AS kind, card_id AS id,
       CASE WHEN ordered.id IS NULL THEN format('交接 %s 没有对应的台账记录', moved.movement_id)
            ELSE format('台账记录 %s（%s）没有对应的交接分录', ordered.id, act) END AS said
FROM moved FULL JOIN ordered USING (card_id, batch, act)
WHERE ordered.id IS NULL OR (moved.movement_id IS NULL AND ordered.must_move)
