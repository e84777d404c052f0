-- Each lending at an office and all below it: how often it was extended, how often the borrower was
-- written to before its last day and asked for it since, and when it came back.
SELECT e.happened_at, e.facts, t.number, t.stage, t.valid_until, p.name_sealed, p.number_sealed, p.phone_sealed,
       u.name AS actor, r.kind,
       (SELECT count(*) FROM ledger_event x WHERE x.subject_kind = 'temporary_card' AND x.subject_id = t.id
        AND x.act = 'temporary.extend') AS extended,
       (SELECT max(x.happened_at) FROM ledger_event x WHERE x.subject_kind = 'temporary_card'
        AND x.subject_id = t.id AND x.act = 'temporary.take_back') AS back_at,
       said.times, said.last_at, said.state AS said_state, dun.times AS dun_times, dun.last_at AS dun_at,
       dun.facts AS dun_facts
FROM ledger_event e
JOIN cards_temporarycard t ON t.id = e.subject_id
JOIN people_person p ON p.id = t.person_id
JOIN orgs_user u ON u.id = e.actor_id
LEFT JOIN cards_application r ON r.id = (e.facts::json->>'application')::bigint
LEFT JOIN LATERAL (
    SELECT count(*) AS times, max(m.happened_at) AS last_at,
           (array_agg(m.state ORDER BY m.happened_at DESC, m.id DESC))[1] AS state
    FROM outbox_message m
    WHERE m.party = 'sms' AND m.thread = 'temporary_card:' || t.id AND m.kind = 'sms.temporary_due'
      AND m.state <> 'withdrawn' AND m.happened_at >= e.happened_at
) AS said ON TRUE
LEFT JOIN LATERAL (
    SELECT count(*) AS times, max(x.happened_at) AS last_at, (array_agg(x.facts ORDER BY x.seq DESC))[1] AS facts
    FROM ledger_event x
    WHERE x.subject_kind = 'temporary_card' AND x.subject_id = t.id AND x.act = 'temporary.dun'
      AND x.happened_at >= e.happened_at
) AS dun ON TRUE
WHERE e.act = 'temporary.lend' AND e.subject_kind = 'temporary_card'
  AND e.org_id IN (SELECT id FROM orgs_organization WHERE starts_with(path, %(office)s))
  AND e.happened_at >= %(start)s AND e.happened_at < %(end)s
ORDER BY e.happened_at, e.id
LIMIT %(limit)s
