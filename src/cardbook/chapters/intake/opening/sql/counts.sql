-- How many staged rows the book knows, how many are contested within the file, and how many say something new.
WITH compared AS ({compared}),
contested AS (
    SELECT card_number FROM intake_openingrow WHERE file_id = %(file)s
    GROUP BY card_number HAVING count(DISTINCT number_index) > 1
)
SELECT count(compared.row) AS known,
       count(*) FILTER (WHERE contested.card_number IS NOT NULL AND compared.row IS NULL) AS contested,
       count(*) FILTER (WHERE NOT EXISTS (
           SELECT FROM intake_openingclaim k JOIN intake_openingsource f ON f.id = k.source_id
           JOIN people_person p ON p.id = k.person_id
           WHERE f.county_id = %(county)s AND f.name = %(source)s AND k.card_number = s.card_number
             AND p.number_index = s.number_index AND k.name_key = s.name_key
             AND k.valid IS NOT DISTINCT FROM s.valid
             AND (k.stage, k.social, k.hold, k.bank, k.place, k.place_text, k.holder_dead) =
                 (s.stage, s.social, s.hold, s.bank, s.place, s.place_text, s.holder_dead)
       )) AS told_anew
FROM intake_openingrow s
LEFT JOIN compared USING (row)
LEFT JOIN contested USING (card_number)
WHERE s.file_id = %(file)s
