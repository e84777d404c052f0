-- What 《滞留原因统计表》 says of each card besides its reason: batch, when it first lay on an
-- office's shelf (kept with its position: the day that lists and figures say), and what the card
-- body did with it afterwards.
SELECT c.id, c.number, p.number_sealed, p.name_sealed, coalesce(b.name, '') AS bank, c.bank_last4,
       t.code AS batch, c.packing, place.received_at,
       done.happened_at AS cancelled_at, done.id AS cancel, coalesce(lot.id, 0) AS lot
FROM cards_card c
JOIN people_person p ON p.id = c.person_id
JOIN cards_batch t ON t.id = c.batch_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
JOIN custody_position place ON place.card_id = c.id
LEFT JOIN LATERAL (
    SELECT e.id, e.happened_at FROM ledger_event e
    WHERE e.subject_kind = 'card' AND e.subject_id = c.id AND e.act = 'card.cancel_returned'
    ORDER BY e.seq DESC LIMIT 1
) AS done ON TRUE
LEFT JOIN LATERAL (
    SELECT l.lot_id AS id FROM stranded_destructionline l
    WHERE l.card_id = c.id AND NOT l.taken_back ORDER BY l.id DESC LIMIT 1
) AS lot ON TRUE
WHERE c.id = ANY(%s::bigint[])
