-- Cards nobody fetched, once for each band of waiting they have come into (Art. 16): each place gives
-- those of a band from its index of (place, since), the rest is never read.
SELECT c.id, 'days-' || band.days AS occasion, NULL::date AS until
FROM unnest(%(bands)s::int[], %(bands_from)s::timestamptz[], %(bands_to)s::timestamptz[])
    AS band(days, oldest, newest)
CROSS JOIN custody_account a
JOIN custody_position p
    ON p.account_id = a.id AND p.since > band.oldest AND p.since <= band.newest
JOIN cards_card c ON c.id = p.card_id
JOIN people_person h ON h.id = c.person_id
WHERE a.kind = ANY(%(shelves)s) AND c.stage = 'in_custody' AND (c.hold = 'none' OR c.hold_until <= %(at)s)
    AND c.social <> 'cancelled' AND c.county_id = ANY(%(counties)s::bigint[])
    AND h.died_on IS NULL AND h.phone_sealed IS NOT NULL
