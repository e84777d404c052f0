-- One row for each hand-over of an office in a span of time, whether it was taken back since, the box and
-- slot the card lay in last before it, and when its social function was activated.
WITH chosen AS (
    SELECT e.* FROM ledger_event e
    WHERE e.act = ANY(%(acts)s) AND e.subject_kind = 'card'
      AND e.org_id IN (SELECT id FROM orgs_organization WHERE path LIKE %(office)s)
      AND e.happened_at >= %(start)s AND e.happened_at < %(end)s
)
SELECT e.id, e.act, e.happened_at, e.facts, e.papers, e.told, c.id AS card_id,
       c.number AS card_number, c.social, c.unit_code, c.unit_name, c.village, c.bank_last4,
       coalesce(t.name, '') AS town, coalesce(b.name, '') AS bank, m.code AS batch,
       p.number_kind, p.number_sealed, p.name_sealed, p.phone_sealed,
       r.number_kind AS came_kind, r.number_sealed AS came_number, r.name_sealed AS came_name,
       r.phone_sealed AS came_phone,
       u.name AS actor, coalesce(s.name, '') AS second,
       coalesce(place.code, '') AS box, place.slot, active.since AS activated_at,
       EXISTS (SELECT FROM ledger_event x WHERE x.subject_kind = 'card' AND x.subject_id = c.id
               AND x.seq = e.seq + 1 AND x.act = ANY(%(undoing)s)) AS undone
FROM chosen e
JOIN cards_card c ON c.id = e.subject_id
JOIN cards_batch m ON m.id = c.batch_id
JOIN people_person p ON p.id = c.person_id
JOIN orgs_user u ON u.id = e.actor_id
LEFT JOIN orgs_user s ON s.id = e.second_id
LEFT JOIN orgs_organization t ON t.id = c.town_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
LEFT JOIN people_person r ON r.id = coalesce(
    e.facts::jsonb ->> 'agent', e.facts::jsonb ->> 'guardian')::bigint
LEFT JOIN LATERAL (
    SELECT a.code, g.slot
    FROM custody_posting g
    JOIN custody_account a ON a.id = g.account_id AND a.kind = 'box'
    JOIN custody_movement v ON v.id = g.movement_id AND v.recorded_at <= e.recorded_at
    WHERE g.card_id = c.id AND g.amount = 1
    ORDER BY g.id DESC LIMIT 1
) AS place ON TRUE
LEFT JOIN LATERAL (
    SELECT max(x.happened_at) AS since FROM ledger_event x
    WHERE x.subject_kind = 'card' AND x.subject_id = c.id AND x.act = 'social.activate'
) AS active ON TRUE
ORDER BY e.happened_at, e.id
LIMIT %(limit)s
