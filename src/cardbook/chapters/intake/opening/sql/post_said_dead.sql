-- Whom a row calls dead, and the book knows no day of it: nothing is handed to him until somebody finds out.
UPDATE people_person p SET said_dead_by = said.words
FROM (
    SELECT DISTINCT ON (k.person_id) k.person_id, format('%%s 第 %%s 行', f.name, k.row) AS words
    FROM intake_openingclaim k JOIN intake_openingsource f ON f.id = k.source_id
    WHERE k.source_id = %(source_id)s AND k.holder_dead
    ORDER BY k.person_id, k.row
) AS said
WHERE p.id = said.person_id AND p.died_on IS NULL AND p.said_dead_by = ''
