-- Whoever saw it is named, is neither of those who did it, and was in a fitting post at another office
-- on that day (Art. 19).
SELECT e.subject_kind AS kind, e.subject_id AS id,
       format('台账记录 %s 没有另一机构的监销人', e.id) AS said
FROM ledger_event e
JOIN (VALUES $witnessed) AS need(act, version, roles)
  ON need.act = e.act AND need.version = e.act_version
LEFT JOIN LATERAL (SELECT (e.facts::json->>'witness')::bigint AS id) AS witness ON true
WHERE witness.id IS NULL OR witness.id IN (e.actor_id, e.second_id)
   OR NOT EXISTS (
      SELECT FROM orgs_post p
      WHERE p.user_id = witness.id AND p.organization_id <> e.org_id AND p.role = ANY(need.roles)
        AND p.since <= (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date
        AND (p.until IS NULL OR p.until >= (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date))
