-- Cards of a county whose two sides do not agree. What the bank never told is not held against it unless our
-- side was stopped or ended; of a card in use its silence is what is open, and who was never sent to it comes last.
-- A closed account is as stopped as it can be.
-- A card that came back and died was its holder's once, and its account may live on.
-- Who takes his insurance elsewhere keeps the account if he likes: whatever the bank says afterwards settles it.
-- What the bank enabled before anybody was handed the card is an exception of its own.
-- The few that may be open are found by the indexes card_sides_differ, card_on_loss, card_bank_early and
-- card_bank_silent; of those
-- of whom the bank never said anything no more are read than are shown.
WITH within AS MATERIALIZED (
    SELECT id FROM orgs_organization WHERE kind = 'county' AND starts_with(path, %(county)s)
),
candidate AS (
    SELECT c.id FROM cards_card c
    WHERE (c.social = 'cancelled' AND c.bank IN ('unknown', 'inactive', 'active', 'loss_reported'))
       OR c.bank = 'loss_reported'
       OR (c.social = 'active' AND c.bank = 'inactive')
    UNION
    SELECT c.id FROM cards_card c WHERE c.hold IN ('oral_loss', 'formal_loss')
    UNION
    SELECT c.id FROM cards_card c WHERE c.bank = 'active' AND c.stage IN ('in_custody', 'missing')
    UNION
    SELECT c.id FROM usage_bankvisit v JOIN cards_card c ON c.id = v.card_id
    WHERE c.social = 'active' AND c.bank = 'unknown'
    UNION
    SELECT silent.id FROM within CROSS JOIN LATERAL (
        SELECT c.id FROM cards_card c
        WHERE c.county_id = within.id AND c.social = 'active' AND c.bank = 'unknown'
          AND (%(meant)s::bigint[] IS NULL OR c.id = ANY(%(meant)s))
        ORDER BY c.id LIMIT %(limit)s
    ) silent
),
ended AS (
    SELECT c.id, CASE WHEN c.stage IN ('in_custody', 'missing') THEN 'bank_early'
                      WHEN c.social = 'cancelled' THEN 'bank_not_closed'
                      WHEN c.hold = 'formal_loss' OR c.hold_until > %(at)s THEN 'bank_not_stopped'
                      WHEN c.bank = 'loss_reported' THEN 'bank_still_stopped'
                      WHEN c.bank = 'inactive' THEN 'bank_inactive'
                      WHEN EXISTS (SELECT FROM usage_bankvisit v WHERE v.card_id = c.id) THEN 'bank_silent'
                      ELSE 'bank_unasked' END AS code
    FROM candidate JOIN cards_card c USING (id)
    WHERE c.county_id IN (SELECT id FROM within) AND (
        c.stage = 'issued' AND (
            (c.social = 'cancelled' AND c.bank <> 'closed')
            OR ((c.hold = 'formal_loss' OR c.hold_until > %(at)s) AND c.bank NOT IN ('loss_reported', 'closed'))
            OR (c.bank = 'loss_reported' AND c.hold IN ('none', 'oral_loss')
                AND coalesce(c.hold_until <= %(at)s, true))
            OR (c.social = 'active' AND c.bank IN ('inactive', 'unknown')))
        OR c.stage IN ('in_custody', 'missing') AND c.bank = 'active'
        OR c.stage IN ('cancelled', 'destroyed') AND c.bank <> 'closed' AND EXISTS (
            SELECT FROM ledger_event e
            WHERE e.subject_kind = 'card' AND e.subject_id = c.id AND e.act LIKE 'card.issue%%'))
),
half AS (
    SELECT ended.id, CASE WHEN moved.at IS NULL THEN ended.code ELSE 'bank_silent_after_move' END AS code
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
       c.bank, c.bank_as_of,
       coalesce((SELECT b.name FROM orgs_organization b WHERE b.id = c.bank_org_id), '') AS bank_name,
       coalesce((SELECT b.path FROM orgs_organization b WHERE b.id = c.bank_org_id), '') AS bank_path,
       p.name_sealed, p.number_sealed, half.code
FROM half
JOIN cards_card c ON c.id = half.id
JOIN people_person p ON p.id = c.person_id
WHERE %(only)s IN ('', half.code) AND (%(meant)s::bigint[] IS NULL OR c.id = ANY(%(meant)s))
ORDER BY {order}
LIMIT %(limit)s
