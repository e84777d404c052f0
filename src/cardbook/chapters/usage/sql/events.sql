-- What was done to cards by the named acts, at an office and all below it, in a span of time.
SELECT e.id, e.act, e.happened_at, e.facts, e.told, e.papers, c.id AS card_id, c.number AS card_number,
       c.bank, p.number_sealed, p.name_sealed, u.name AS actor, coalesce(s.name, '') AS second, e.device,
       coalesce(was.name, o.name) AS office, coalesce(b.name, '') AS bank_name,
       (SELECT string_agg(n.number, '、' ORDER BY n.number) FROM cards_card n
        WHERE n.person_id = c.person_id AND n.id <> c.id
          AND n.stage NOT IN ('cancelled', 'destroyed') AND n.social <> 'cancelled') AS other_cards,
       came.name_sealed AS came_name, came.number_sealed AS came_number
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
LEFT JOIN people_person came ON came.id = (e.facts::jsonb ->> 'applicant')::bigint
WHERE e.subject_kind = 'card' AND e.act = ANY(%(acts)s)
  AND e.org_id IN (SELECT id FROM orgs_organization WHERE starts_with(path, %(office)s))
  AND e.happened_at >= %(start)s AND e.happened_at < %(end)s
ORDER BY e.happened_at, e.id
LIMIT %(limit)s
