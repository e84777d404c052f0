-- One row for each loss taken off: which one it was, how he was verified, what the bank says.
SELECT e.id, e.act, e.happened_at, e.facts, e.papers, u.name AS actor, e.device, coalesce(named.name, office.name) AS office,
       c.id AS card_id, c.number AS card_number, c.social, c.bank AS bank_state, c.bank_source, c.bank_as_of,
       county.name AS county, county.path AS county_path,
       p.name_sealed, p.number_sealed, came.name_sealed AS came_name, coalesce(b.name, '') AS bank,
       was.id AS loss_id, was.act AS loss_act, was.happened_at AS lost_at
FROM ledger_event e
JOIN cards_card c ON c.id = e.subject_id
JOIN people_person p ON p.id = c.person_id
LEFT JOIN people_person came ON came.id = (e.facts::jsonb ->> 'agent')::bigint
JOIN orgs_organization county ON county.id = c.county_id
JOIN orgs_organization office ON office.id = e.org_id
LEFT JOIN orgs_organizationstate named ON named.organization_id = office.id
     AND named.since <= (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date
     AND (named.until IS NULL OR named.until > (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date)
JOIN orgs_user u ON u.id = e.actor_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
LEFT JOIN LATERAL (
    SELECT x.id, x.act, x.happened_at FROM ledger_event x
    WHERE x.subject_kind = 'card' AND x.subject_id = e.subject_id AND x.seq < e.seq
      AND (x.act = ANY(%(acts)s) OR x.seq = 1)
    ORDER BY x.seq DESC LIMIT 1) was ON true
WHERE e.subject_kind = 'card' AND e.act = ANY(%(lifts)s)
