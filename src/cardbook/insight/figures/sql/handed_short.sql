-- Counted at the receiver, not seen: still where the sending of that very hand-over laid it.
CREATE VIEW figures_handed_short WITH (security_invoker = true) AS
SELECT r.* FROM figures_registered r
WHERE r.place = 'transit' AND EXISTS (
    SELECT FROM intake_handdownmissing g
    JOIN intake_handdowncount n ON n.id = g.count_id
    JOIN custody_shipment s ON s.id = n.shipment_id
    JOIN custody_position p ON p.card_id = g.card_id
    JOIN custody_movement m ON m.id = p.movement_id AND m.batch = s.batch
    WHERE g.card_id = r.card_id);
COMMENT ON VIEW figures_handed_short IS '交接单已经点收结束，接收机构却没有见到、现在仍在途的卡（下发短少）。再次点收见到、交出机构追回或登记下落不明以后不再算（第六条、第八条第一款）。';
