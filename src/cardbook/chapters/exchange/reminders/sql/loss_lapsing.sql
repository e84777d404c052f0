-- Oral losses that lapse in a few days (Art. 28); a renewal lapses at another moment and is told anew.
SELECT c.id, to_char(c.hold_until AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS') AS occasion,
       (c.hold_until AT TIME ZONE 'Asia/Shanghai')::date AS until
FROM cards_card c
JOIN people_person h ON h.id = c.person_id
WHERE c.hold = 'oral_loss' AND c.hold_until > %(at)s AND c.hold_until <= %(loss_until)s
    AND c.social <> 'cancelled' AND c.county_id = ANY(%(counties)s::bigint[])
    AND h.died_on IS NULL AND h.phone_sealed IS NOT NULL
