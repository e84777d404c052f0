-- Each lending at an office and all below it, with how often it was extended and when it came back.
SELECT e.happened_at, e.facts, t.number, t.stage, t.valid_until, p.name_sealed, p.number_sealed,
       u.name AS actor, r.kind,
       (SELECT count(*) FROM ledger_event x WHERE x.subject_kind = 'temporary_card' AND x.subject_id = t.id
        AND x.act = 'temporary.extend') AS extended,
       (SELECT max(x.happened_at) FROM ledger_event x WHERE x.subject_kind = 'temporary_card'
        AND x.subject_id = t.id AND x.act = 'temporary.take_back') AS back_at
FROM ledger_event e
JOIN cards_temporarycard t ON t.id = e.subject_id
JOIN people_person p ON p.id = t.person_id
JOIN orgs_user u ON u.id = e.actor_id
LEFT JOIN cards_application r ON r.id = (e.facts::json->>'application')::bigint
WHERE e.act = 'temporary.lend' AND e.subject_kind = 'temporary_card'
  AND e.org_id IN (SELECT id FROM orgs_organization WHERE starts_with(path, %(office)s))
  AND e.happened_at >= %(start)s AND e.happened_at < %(end)s
ORDER BY e.happened_at, e.id
LIMIT %(limit)s
