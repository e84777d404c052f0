-- The rows of a shipment are the cards that its sending laid into the receiver's transit, no more and no
-- fewer (Art. 6, 17, 19).
WITH listed AS (
    SELECT s.id, l.card_id, l.row
    FROM custody_shipment s JOIN custody_shipmentline l ON l.shipment_id = s.id
), sent AS (
    SELECT s.id, p.card_id
    FROM custody_shipment s
    JOIN custody_movement m ON m.batch = s.batch
    JOIN custody_posting p ON p.movement_id = m.id AND p.amount = 1
    JOIN custody_account a
      ON a.id = p.account_id AND a.kind = 'transit' AND a.organization_id = s.receiver_id
)
SELECT 'shipment' AS kind, id,
       CASE WHEN sent.card_id IS NULL THEN format('清单第 %s 行的卡 %s 没有交出', listed.row, card_id)
            ELSE format('交出的卡 %s 不在清单上', card_id) END AS said
FROM listed FULL JOIN sent USING (id, card_id)
WHERE listed.card_id IS NULL OR sent.card_id IS NULL
