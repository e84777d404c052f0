-- Hand-overs on or after the day of the holder's recorded death: the day he is said to have signed, or else
-- the day the card was given. One that was taken back is none; what was found out of the others stands beside.
SELECT e.id AS event, e.act, given.day, h.died_on, c.id AS card_id, c.number, c.stage,
       h.name_sealed, h.number_sealed, coalesce(was.name, o.name) AS office, u.name AS actor, told.at AS learned_at,
       s.outcome, s.words, s.settled_at, coalesce(who.name, '') AS settled_by
FROM people_person h
JOIN cards_card c ON c.person_id = h.id
JOIN orgs_organization county ON county.id = c.county_id AND starts_with(county.path, %(within)s)
JOIN ledger_event e ON e.subject_kind = 'card' AND e.subject_id = c.id
JOIN unnest(%(acts)s::text[], %(days)s::text[]) AS gives(act, day) ON gives.act = e.act
CROSS JOIN LATERAL (SELECT coalesce(
    (e.facts::jsonb ->> gives.day)::date, (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date) AS day) AS given
JOIN orgs_organization o ON o.id = e.org_id
LEFT JOIN orgs_organizationstate was ON was.organization_id = o.id
     AND was.since <= (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date
     AND (was.until IS NULL OR was.until > (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date)
JOIN orgs_user u ON u.id = e.actor_id
LEFT JOIN LATERAL (
    SELECT d.recorded_at AS at FROM ledger_event d JOIN cards_card own ON own.id = d.subject_id
    WHERE d.subject_kind = 'card' AND d.act = 'holder.note_death' AND own.person_id = h.id
    ORDER BY d.id DESC LIMIT 1
) AS told ON TRUE
LEFT JOIN usage_latehandover s ON s.event_id = e.id
LEFT JOIN orgs_user who ON who.id = s.settled_by_id
WHERE h.died_on IS NOT NULL AND given.day >= h.died_on
  AND (%(event)s::bigint[] IS NULL OR e.id = ANY(%(event)s::bigint[]))
  AND NOT EXISTS (
      SELECT FROM ledger_event x
      WHERE x.subject_kind = 'card' AND x.subject_id = c.id AND x.act = ANY(%(undoing)s)
        AND (x.facts::jsonb ->> 'event')::bigint = e.id)
ORDER BY given.day DESC, e.id DESC
