-- As `custody.postings` writes them: one movement a request, two postings a card.
WITH movement AS (
    INSERT INTO custody_movement (act, batch, happened_at)
    SELECT %(act)s, batch, min(happened_at) FROM mass_step GROUP BY batch ORDER BY min(card_id)
    RETURNING id, batch
)
INSERT INTO custody_posting (movement_id, account_id, card_id, amount, slot)
SELECT movement.id, side.account_id, step.card_id, side.amount, side.slot
FROM mass_step step JOIN movement USING (batch),
     LATERAL (VALUES (step.source_id, -1, NULL::int), (step.target_id, 1, step.slot))
         AS side(account_id, amount, slot)
ORDER BY step.card_id
