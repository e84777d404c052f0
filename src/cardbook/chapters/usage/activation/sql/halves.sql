-- Cards of a county whose two sides do not agree. What the bank never told is not held against it unless our
-- side was stopped or ended; of a card in use its silence is what is open, and who was never sent to it comes last.
-- A closed account is as stopped as it can be.
-- A card that came back and died was its holder's once, and its account may live on.
-- Who takes his insurance elsewhere keeps the account if he likes: whatever the bank says afterwards settles it.
WITH within AS (SELECT id FROM orgs_organization WHERE starts_with(path, %(county)s)),
ended AS (
    SELECT c.id, CASE WHEN c.social = 'cancelled' THEN 'bank_not_closed'
                      WHEN c.hold = 'formal_loss' OR c.hold_until > %(at)s THEN 'bank_not_stopped'
                      WHEN c.bank = 'loss_reported' THEN 'bank_still_stopped'
                      WHEN c.bank = 'inactive' THEN 'bank_inactive'
                      WHEN EXISTS (SELECT FROM usage_bankvisit v WHERE v.card_id = c.id) THEN 'bank_silent'
                      ELSE 'bank_unasked' END AS code
    FROM cards_card c
    WHERE c.county_id IN (SELECT id FROM within) AND c.stage = 'issued'
      AND ((c.social = 'cancelled' AND c.bank <> 'closed')
        OR ((c.hold = 'formal_loss' OR c.hold_until > %(at)s) AND c.bank NOT IN ('loss_reported', 'closed'))
        OR (c.bank = 'loss_reported' AND c.hold IN ('none', 'oral_loss') AND coalesce(c.hold_until <= %(at)s, true))
        OR (c.social = 'active' AND c.bank = 'inactive')
        OR (c.social = 'active' AND c.bank = 'unknown'))
    UNION ALL
    SELECT c.id, 'bank_not_closed'
    FROM cards_card c
    WHERE c.county_id IN (SELECT id FROM within) AND c.stage IN ('cancelled', 'destroyed') AND c.bank <> 'closed'
      AND EXISTS (SELECT FROM ledger_event e
                  WHERE e.subject_kind = 'card' AND e.subject_id = c.id AND e.act LIKE 'card.issue%%')
),
half AS (
    SELECT ended.id, CASE WHEN moved.at IS NULL THEN ended.code ELSE 'bank_not_asked' END AS code
    FROM ended
    JOIN cards_card c ON c.id = ended.id
    LEFT JOIN LATERAL (
        SELECT e.happened_at AS at FROM ledger_event e
        WHERE ended.code = 'bank_not_closed'
          AND e.subject_kind = 'card' AND e.subject_id = c.id AND e.act = 'relation.end'
        LIMIT 1
    ) moved ON true
    WHERE moved.at IS NULL OR c.bank_as_of IS NULL OR c.bank_as_of < moved.at
)
SELECT c.id, c.number, c.social, CASE WHEN c.hold_until <= %(at)s THEN 'none' ELSE c.hold END AS hold,
       c.bank, c.bank_as_of, coalesce(b.name, '') AS bank_name, p.name_sealed, p.number_sealed, half.code
FROM half
JOIN cards_card c ON c.id = half.id
JOIN people_person p ON p.id = c.person_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
WHERE %(only)s IN ('', half.code) AND (%(meant)s::bigint[] IS NULL OR c.id = ANY(%(meant)s))
ORDER BY {order}
LIMIT %(limit)s
