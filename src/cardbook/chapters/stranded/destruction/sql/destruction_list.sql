-- One row for each card of a lot: where it came from, when the bank took it in, when it was destroyed.
SELECT l.row, l.taken_back, c.number AS card_number, p.number_sealed, p.name_sealed,
       coalesce(b.name, '') AS bank, origin.kind AS source, origin.happened_at AS since,
       taken.happened_at AS taken_at, gone.happened_at AS destroyed_at,
       coalesce(w.name, '') AS witness_office
FROM stranded_destructionline l
JOIN stranded_destructionlot lot ON lot.id = l.lot_id
JOIN custody_shipment s ON s.id = lot.shipment_id
JOIN cards_card c ON c.id = l.card_id
JOIN people_person p ON p.id = c.person_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
LEFT JOIN LATERAL (
    -- Where the card lay when this lot took it away, and since when.
    SELECT a.kind, v.happened_at
    FROM custody_posting g
    JOIN custody_movement out ON out.id = g.movement_id AND out.batch = s.batch
    JOIN custody_account a ON a.id = g.account_id
    JOIN custody_posting arrived ON arrived.card_id = c.id AND arrived.account_id = g.account_id
         AND arrived.amount = 1 AND arrived.id < g.id
    JOIN custody_movement v ON v.id = arrived.movement_id
    WHERE g.card_id = c.id AND g.amount = -1
    ORDER BY arrived.id DESC LIMIT 1
) AS origin ON TRUE
LEFT JOIN LATERAL (
    SELECT e.happened_at FROM ledger_event e
    WHERE e.subject_kind = 'card' AND e.subject_id = c.id AND e.act = 'destruction.receive'
    ORDER BY e.seq DESC LIMIT 1
) AS taken ON TRUE
LEFT JOIN LATERAL (
    SELECT e.happened_at FROM ledger_event e
    WHERE e.subject_kind = 'card' AND e.subject_id = c.id AND e.act = 'destruction.carry_out'
      AND e.batch = lot.carried_batch
    LIMIT 1
) AS gone ON TRUE
LEFT JOIN LATERAL (
    -- Where the witness was in a post on that day, under the name it had.
    SELECT coalesce(was.name, o.name) AS name
    FROM (SELECT (lot.carried_at AT TIME ZONE 'Asia/Shanghai')::date AS on) AS day
    JOIN orgs_post t ON t.user_id = lot.witness_id AND t.since <= day.on AND (t.until IS NULL OR t.until >= day.on)
    JOIN orgs_organization o ON o.id = t.organization_id
    LEFT JOIN orgs_organizationstate was ON was.organization_id = o.id AND was.since <= day.on
         AND (was.until IS NULL OR was.until > day.on)
    ORDER BY t.role = ANY(%(witnesses)s) DESC, t.id LIMIT 1
) AS w ON TRUE
WHERE l.lot_id = %(lot)s
ORDER BY l.row
