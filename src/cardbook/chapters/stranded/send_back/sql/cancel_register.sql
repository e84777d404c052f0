-- One row for each returned card the card body cancelled, of an office and all below it, with how the
-- messages this left owed to province and bank stand.
SELECT e.id AS cancel, e.happened_at, e.facts, c.number AS card_number, p.number_sealed, p.name_sealed,
       coalesce(b.name, '') AS bank, u.name AS actor, coalesce(s.name, '') AS second,
       coalesce(l.proof, '') AS proof,
       coalesce(l.proof_number, '') AS proof_number, l.proof_on, n.sent_at, n.acknowledged_on, coalesce(was.name, o.name) AS office,
       coalesce(owed.province, '') AS province, coalesce(owed.bank, '') AS bank_message
FROM ledger_event e
JOIN cards_card c ON c.id = e.subject_id
JOIN people_person p ON p.id = c.person_id
JOIN orgs_user u ON u.id = e.actor_id
JOIN orgs_organization o ON o.id = e.org_id
LEFT JOIN orgs_organizationstate was ON was.organization_id = o.id
     AND was.since <= (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date
     AND (was.until IS NULL OR was.until > (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date)
LEFT JOIN orgs_user s ON s.id = e.second_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
LEFT JOIN LATERAL (
    SELECT r.proof, r.proof_number, r.proof_on FROM stranded_returnline r WHERE r.card_id = c.id ORDER BY r.id DESC LIMIT 1
) AS l ON TRUE
LEFT JOIN stranded_banknoticeline nl ON nl.card_id = c.id
LEFT JOIN stranded_banknotice n ON n.id = nl.notice_id
LEFT JOIN LATERAL (
    SELECT max(m.state) FILTER (WHERE m.party = 'province') AS province,
           max(m.state) FILTER (WHERE m.party = 'bank') AS bank
    FROM outbox_message m
    WHERE m.party IN ('province', 'bank') AND m.thread = 'card:' || c.id AND m.event_id = e.id
) AS owed ON TRUE
WHERE e.act = 'card.cancel_returned' AND e.subject_kind = 'card'
  AND e.org_id IN (SELECT id FROM orgs_organization WHERE path LIKE %(office)s)
  AND e.happened_at >= %(start)s AND e.happened_at < %(end)s
ORDER BY e.happened_at, e.id
LIMIT %(limit)s
