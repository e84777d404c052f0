-- A county's cards on visits, each with its newest taking out: why, for which day, and the two who carry it.
SELECT c.id AS card_id, c.number, h.name_sealed, h.number_sealed, h.born_on, e.happened_at AS out_at,
       (e.facts::jsonb ->> 'planned_on')::date AS planned_on, e.facts::jsonb ->> 'reason' AS reason,
       coalesce(e.facts::jsonb ->> 'words', '') AS words, coalesce(was.name, eo.name) AS office,
       u.id AS actor_id, u.name AS actor, s.id AS companion_id, s.name AS companion
FROM custody_position p
JOIN custody_account a ON a.id = p.account_id AND a.kind = 'visit'
JOIN orgs_organization o ON o.id = a.organization_id AND o.path LIKE %(county)s
JOIN cards_card c ON c.id = p.card_id
JOIN people_person h ON h.id = c.person_id
JOIN LATERAL (
    SELECT x.facts, x.happened_at, x.org_id, x.actor_id, x.second_id FROM ledger_event x
    WHERE x.subject_kind = 'card' AND x.subject_id = c.id AND x.act = 'card.take_out'
    ORDER BY x.seq DESC LIMIT 1
) AS e ON TRUE
JOIN orgs_organization eo ON eo.id = e.org_id
LEFT JOIN orgs_organizationstate was ON was.organization_id = eo.id
     AND was.since <= (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date
     AND (was.until IS NULL OR was.until > (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date)
JOIN orgs_user u ON u.id = e.actor_id
JOIN orgs_user s ON s.id = e.second_id
WHERE (%(ids)s::bigint[] IS NULL OR c.id = ANY(%(ids)s::bigint[]))
  AND (%(user)s::bigint IS NULL OR %(user)s::bigint IN (e.actor_id, e.second_id))
