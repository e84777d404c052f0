-- Holders who were sent to a bank's outlet and have not been there (Art. 22): once for each time.
SELECT c.id, 'visit-' || v.id AS occasion, NULL::date AS until
FROM usage_bankvisit v
JOIN cards_card c ON c.id = v.card_id
JOIN people_person h ON h.id = c.person_id
WHERE v.settled_at IS NULL AND v.arrived_at IS NULL AND v.sent_at <= %(unused_to)s
    AND c.stage = 'issued' AND c.social <> 'cancelled' AND (c.hold = 'none' OR c.hold_until <= %(at)s) AND c.bank <> 'active'
    AND c.county_id = ANY(%(counties)s::bigint[])
    AND h.died_on IS NULL AND h.phone_sealed IS NOT NULL
