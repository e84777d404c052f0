-- Every card the book knows, once, with the place that answers for it now and when it first lay on a shelf. Joins
-- are LEFT: a card without a place must show as a difference, not vanish from both sides of the balance.
CREATE OR REPLACE VIEW figures_registered WITH (security_invoker = true) AS
SELECT c.id AS card_id, NULL::bigint AS application_id, c.person_id, c.county_id, a.organization_id AS office_id,
       a.kind AS place, p.account_id, p.slot, c."group" AS people, c.town_id, c.bank_org_id AS bank_id,
       p.since, p.received_at
FROM cards_card c
LEFT JOIN custody_position p ON p.card_id = c.id
LEFT JOIN custody_account a ON a.id = p.account_id;
COMMENT ON VIEW figures_registered IS '台账里登记过的每一张卡，一卡一行，不论现在在哪里、是什么状态。来源：到货明细入账时的登记（第六条）。登记之后不会减少：注销、销毁的卡也还在数里。';
