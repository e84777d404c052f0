-- When each card first came onto a shelf of an office, for the cards of one page.
SELECT DISTINCT ON (g.card_id) g.card_id, m.happened_at
FROM custody_posting g
JOIN custody_account a ON a.id = g.account_id AND a.kind IN ('store', 'box', 'drawer', 'unit')
JOIN custody_movement m ON m.id = g.movement_id
WHERE g.card_id = ANY(%s::bigint[]) AND g.amount = 1
ORDER BY g.card_id, g.id
