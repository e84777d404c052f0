-- One row for each wish registered in a span of time: by an office and those below it, or about a
-- card they have or whose county they are. Of several about one card the last one counts.
SELECT e.happened_at, e.facts, c.number AS card_number, p.number_sealed, p.name_sealed,
       coalesce(w_was.name, w.name) AS wished, coalesce(was.name, taken.name) AS taken_at, u.name AS actor, o.name AS office, a.kind AS place,
       d.facts AS declined, d.happened_at AS declined_at,
       CASE WHEN later.seq IS NOT NULL THEN 'again'
            WHEN d.facts IS NOT NULL THEN 'declined'
            WHEN c.stage <> 'in_custody' THEN 'ended'
            WHEN a.organization_id = w.id THEN 'there'
            ELSE 'open' END AS state
FROM ledger_event e
JOIN cards_card c ON c.id = e.subject_id
JOIN people_person p ON p.id = c.person_id
JOIN custody_position h ON h.card_id = c.id
JOIN custody_account a ON a.id = h.account_id
JOIN orgs_organization o ON o.id = a.organization_id
JOIN orgs_organization county ON county.id = c.county_id
JOIN orgs_organization w ON w.id = (e.facts::jsonb ->> 'wished')::bigint
JOIN orgs_organization taken ON taken.id = e.org_id
LEFT JOIN orgs_organizationstate was ON was.organization_id = taken.id
     AND was.since <= (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date
     AND (was.until IS NULL OR was.until > (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date)
LEFT JOIN orgs_organizationstate w_was ON w_was.organization_id = w.id
     AND w_was.since <= (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date
     AND (w_was.until IS NULL OR w_was.until > (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date)
JOIN orgs_user u ON u.id = e.actor_id
LEFT JOIN LATERAL (
    SELECT l.seq FROM ledger_event l
    WHERE l.subject_kind = 'card' AND l.subject_id = e.subject_id AND l.seq > e.seq
      AND l.act = 'card.ask_outlet'
    ORDER BY l.seq LIMIT 1
) AS later ON TRUE
LEFT JOIN LATERAL (
    SELECT n.facts, n.happened_at FROM ledger_event n
    WHERE n.subject_kind = 'card' AND n.subject_id = e.subject_id AND n.seq > e.seq
      AND n.act = 'card.decline_outlet'
    ORDER BY n.seq LIMIT 1
) AS d ON TRUE
WHERE e.act = 'card.ask_outlet' AND e.subject_kind = 'card'
  AND e.happened_at >= %(start)s AND e.happened_at < %(end)s
  AND (taken.path LIKE %(office)s OR o.path LIKE %(office)s OR county.path LIKE %(office)s)
ORDER BY e.happened_at, e.id
LIMIT %(limit)s
