-- Every card the book knows, once, with the place that answers for it now. `received_at` is computed only when asked
-- for. Joins are LEFT: a card without a place must show as a difference, not vanish from both sides of the balance.
CREATE VIEW figures_registered WITH (security_invoker = true) AS
SELECT c.id AS card_id, NULL::bigint AS application_id, c.person_id, c.county_id, a.organization_id AS office_id,
       a.kind AS place, p.account_id, p.slot, c."group" AS people, c.town_id, c.bank_org_id AS bank_id,
       m.happened_at AS since,
       (SELECT f.happened_at
        FROM custody_posting o
        JOIN custody_account s ON s.id = o.account_id AND s.kind IN ('store', 'box', 'drawer')
        JOIN custody_movement f ON f.id = o.movement_id
        WHERE o.card_id = c.id AND o.amount = 1
        ORDER BY o.id LIMIT 1) AS received_at
FROM cards_card c
LEFT JOIN custody_position p ON p.card_id = c.id
LEFT JOIN custody_account a ON a.id = p.account_id
LEFT JOIN custody_movement m ON m.id = p.movement_id;
COMMENT ON VIEW figures_registered IS '台账里登记过的每一张卡，一卡一行，不论现在在哪里、是什么状态。来源：到货明细入账时的登记（第六条）。登记之后不会减少：注销、销毁的卡也还在数里。';
