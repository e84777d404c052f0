-- Cards their holders took home and have not had activated (Art. 22): once, some days later. The
-- regulation leaves it to what the holder needs, so he is told of it once and never again.
SELECT c.id, 'issued' AS occasion, NULL::date AS until
FROM custody_account a
JOIN custody_position p
    ON p.account_id = a.id AND p.since > %(unused_from)s AND p.since <= %(unused_to)s
JOIN cards_card c ON c.id = p.card_id
JOIN people_person h ON h.id = c.person_id
WHERE a.kind = %(holder)s AND c.stage = 'issued' AND c.social = 'sealed' AND (c.hold = 'none' OR c.hold_until <= %(at)s)
    AND c.county_id = ANY(%(counties)s::bigint[])
    AND h.died_on IS NULL AND h.phone_sealed IS NOT NULL
