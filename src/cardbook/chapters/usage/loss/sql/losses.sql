-- One row for each registration of a loss (reported, renewed, put in writing, or claimed by an opening
-- balance): who, until when, whether it was told, and what came next of it. %(ends)s end a loss.
SELECT e.id, e.seq, e.act, e.happened_at, e.facts, u.name AS actor, e.device, coalesce(was.name, office.name) AS office,
       c.id AS card_id, c.number AS card_number, c.hold, c.hold_until, c.bank AS bank_state,
       county.name AS county, county.path AS county_path,
       p.name_sealed, p.number_sealed, came.name_sealed AS came_name, p.phone_sealed,
       coalesce(b.name, '') AS bank, coalesce(nullif(root.phone, ''), b.phone, '') AS bank_phone,
       CASE WHEN EXISTS (SELECT FROM unnest(e.told) t WHERE t LIKE 'loss/%%') THEN e.happened_at
            ELSE told.happened_at END AS told_at,
       next.act AS next_act, next.happened_at AS next_at
FROM ledger_event e
JOIN cards_card c ON c.id = e.subject_id
JOIN people_person p ON p.id = c.person_id
LEFT JOIN people_person came ON came.id = (e.facts::jsonb ->> 'agent')::bigint
JOIN orgs_organization county ON county.id = c.county_id
JOIN orgs_organization office ON office.id = e.org_id
LEFT JOIN orgs_organizationstate was ON was.organization_id = office.id
     AND was.since <= (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date
     AND (was.until IS NULL OR was.until > (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date)
JOIN orgs_user u ON u.id = e.actor_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
LEFT JOIN orgs_organization root
       ON root.path = split_part(b.path, '.', 1) || '.' || split_part(b.path, '.', 2) || '.'
LEFT JOIN LATERAL (
    SELECT n.seq, n.act, n.happened_at FROM ledger_event n
    WHERE n.subject_kind = 'card' AND n.subject_id = e.subject_id AND n.seq > e.seq
      AND (n.act = ANY(%(acts)s) OR n.act = ANY(%(ends)s))
    ORDER BY n.seq LIMIT 1) next ON true
LEFT JOIN LATERAL (
    SELECT t.happened_at FROM ledger_event t
    WHERE t.subject_kind = 'card' AND t.subject_id = e.subject_id AND t.seq > e.seq
      AND t.act = 'loss.tell' AND (next.seq IS NULL OR t.seq < next.seq)
    ORDER BY t.seq LIMIT 1) told ON true
WHERE e.subject_kind = 'card'
