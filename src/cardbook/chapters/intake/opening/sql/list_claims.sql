-- What every source says of some cards, oldest source first; the name as the source writes it.
SELECT k.card_number, f.name AS source, k.row, k.stage, k.social, k.hold, k.valid, k.place, k.place_text,
       k.name_sealed, p.number_sealed, coalesce(k.claimed_on, f.as_of) AS said_on
FROM intake_openingclaim k
JOIN intake_openingsource f ON f.id = k.source_id
JOIN people_person p ON p.id = k.person_id
WHERE k.card_number = ANY(%(numbers)s)
ORDER BY k.card_number, f.id, k.row
