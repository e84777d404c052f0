-- One row for each attempt to reach a holder, of an office and all below it, in a span of time.
SELECT e.happened_at, e.facts, c.number AS card_number, p.number_sealed, p.name_sealed,
       u.name AS actor
FROM ledger_event e
JOIN cards_card c ON c.id = e.subject_id
JOIN people_person p ON p.id = c.person_id
JOIN orgs_user u ON u.id = e.actor_id
WHERE e.act = 'card.contact' AND e.subject_kind = 'card'
  AND e.org_id IN (SELECT id FROM orgs_organization WHERE path LIKE %(office)s)
  AND e.happened_at >= %(start)s AND e.happened_at < %(end)s
ORDER BY e.happened_at, e.id
LIMIT %(limit)s
