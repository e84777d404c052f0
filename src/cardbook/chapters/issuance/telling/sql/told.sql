-- One row for each notice an office told somebody in a span of time: of which card or application, whose,
-- who stood there instead of the holder, and what the act itself does not say of the blanks: whose bank, until
-- when the loss held that was spoken of, which outlet he was sent to that day.
SELECT e.id, e.act, e.happened_at, e.facts, told.text AS text_id, coalesce(was.name, o.name) AS office, u.name AS actor,
       coalesce(c.number, 'SQ' || a.id, t.number) AS number,
       p.name_sealed, p.number_sealed, came.name_sealed AS came_name,
       bank.name AS bank, hotline.phone AS bank_phone, loss.hold_until, outlet.name AS outlet
FROM ledger_event e
JOIN orgs_organization o ON o.id = e.org_id AND o.path LIKE %(office)s
LEFT JOIN orgs_organizationstate was ON was.organization_id = o.id
     AND was.since <= (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date
     AND (was.until IS NULL OR was.until > (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date)
JOIN orgs_user u ON u.id = e.actor_id
CROSS JOIN LATERAL unnest(e.told) WITH ORDINALITY AS told(text, place)
LEFT JOIN cards_correction x ON e.subject_kind = 'correction' AND x.id = e.subject_id
LEFT JOIN cards_card c
       ON c.id = CASE e.subject_kind WHEN 'card' THEN e.subject_id WHEN 'correction' THEN x.card_id END
LEFT JOIN cards_application a ON e.subject_kind = 'application' AND a.id = e.subject_id
LEFT JOIN cards_temporarycard t ON e.subject_kind = 'temporary_card' AND t.id = e.subject_id
JOIN people_person p ON p.id = coalesce(c.person_id, a.person_id, (e.facts::jsonb ->> 'person_id')::bigint)
LEFT JOIN people_person came ON came.id = coalesce(
    e.facts::jsonb ->> 'agent', e.facts::jsonb ->> 'guardian', e.facts::jsonb ->> 'applicant')::bigint
LEFT JOIN orgs_organization bank ON bank.id = c.bank_org_id
LEFT JOIN orgs_organization hotline
       ON hotline.path = split_part(bank.path, '.', 1) || '.' || split_part(bank.path, '.', 2) || '.'
LEFT JOIN LATERAL (
    SELECT (l.facts::jsonb ->> 'hold_until')::timestamptz AS hold_until FROM ledger_event l
    WHERE l.subject_kind = 'card' AND l.subject_id = c.id AND l.seq <= e.seq
      AND l.act = ANY(%(losses)s)
    ORDER BY l.seq DESC LIMIT 1) loss ON e.subject_kind = 'card' AND told.text LIKE 'loss/%%'
LEFT JOIN LATERAL (
    SELECT (d.facts::jsonb ->> 'outlet')::bigint AS outlet_id FROM ledger_event d
    WHERE d.subject_kind = 'card' AND d.subject_id = c.id AND d.act = 'bank.direct'
      AND (d.happened_at AT TIME ZONE 'Asia/Shanghai')::date = (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date
    ORDER BY d.seq DESC LIMIT 1) direct ON e.act = 'social.activate'
LEFT JOIN orgs_organization outlet ON outlet.id = direct.outlet_id
WHERE e.act = ANY(%(acts)s) AND e.happened_at >= %(start)s AND e.happened_at < %(end)s
  AND (%(number)s = '' OR upper(coalesce(c.number, 'SQ' || a.id, t.number)) = %(number)s)
ORDER BY e.happened_at, e.id, told.place
LIMIT %(limit)s
