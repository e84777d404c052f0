-- When each card first lay on a shelf, of the positions there were before this was kept with them.
ALTER TABLE custody_position DISABLE TRIGGER moved_positions_are_tallied;
UPDATE custody_position p SET received_at = receipt.happened_at
FROM (
    SELECT DISTINCT ON (o.card_id) o.card_id, m.happened_at
    FROM custody_posting o
    JOIN custody_account s ON s.id = o.account_id AND s.kind IN ('store', 'box', 'drawer')
    JOIN custody_movement m ON m.id = o.movement_id
    WHERE o.amount = 1
    ORDER BY o.card_id, o.id
) AS receipt
WHERE receipt.card_id = p.card_id;
ALTER TABLE custody_position ENABLE TRIGGER moved_positions_are_tallied;
