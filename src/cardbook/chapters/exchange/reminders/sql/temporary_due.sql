-- Temporary cards to be given back in a few days (Art. 27); an extension is another day.
SELECT t.id, to_char(t.valid_until, 'YYYY-MM-DD') AS occasion, t.valid_until AS until
FROM cards_temporarycard t
JOIN people_person h ON h.id = t.person_id
WHERE t.stage = 'lent' AND t.valid_until >= %(today)s AND t.valid_until <= %(return_until)s
    AND t.county_id = ANY(%(counties)s::bigint[])
    AND h.died_on IS NULL AND h.phone_sealed IS NOT NULL
