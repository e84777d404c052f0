-- Who leaves, which living cards the book knows of him, and whether one was ended or kept since the list came.
WITH leaving AS (
    SELECT t.id, t.number_sealed, t.name_sealed, t.to_place, t.left_on, t.list_number, t.settled_at, t.words, t.undone_at, t.undone_words,
           u.name AS settled_by, county.name AS county, p.died_on, own.cards, done.act AS done, done.happened_at AS done_at
    FROM usage_transferout t
    JOIN orgs_organization county ON county.id = t.county_id AND starts_with(county.path, %(within)s)
    JOIN imports_importfile f ON f.id = t.file_id
    LEFT JOIN orgs_user u ON u.id = t.settled_by_id
    LEFT JOIN people_person p ON p.number_index = t.number_index
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_array(c.id, c.number, o.name, o.id = t.county_id, c.stage) ORDER BY c.id) AS cards
        FROM cards_card c JOIN orgs_organization o ON o.id = c.county_id
        WHERE c.person_id = p.id AND c.stage IN ('in_custody', 'issued') AND c.social <> 'cancelled'
    ) own ON true
    LEFT JOIN LATERAL (
        SELECT e.act, e.happened_at FROM cards_card c
        JOIN ledger_event e ON e.subject_kind = 'card' AND e.subject_id = c.id
        WHERE c.person_id = p.id AND e.act IN ('relation.end', 'relation.end_unissued', 'relation.keep') AND e.happened_at >= f.posted_at
        ORDER BY e.id DESC LIMIT 1
    ) done ON true
    WHERE (%(number)s::bytea IS NULL OR t.number_index = %(number)s)
      AND (%(name)s::bigint IS NULL OR t.name_key = %(name)s)
      AND (%(row)s::bigint IS NULL OR t.id = %(row)s)
), judged AS (
    SELECT *, CASE WHEN done IS NOT NULL THEN 'done' WHEN settled_at IS NOT NULL THEN 'settled'
                   WHEN cards IS NULL THEN 'no_card' ELSE 'open' END AS verdict
    FROM leaving
)
SELECT * FROM judged
WHERE CASE %(verdict)s WHEN '' THEN true WHEN 'waiting' THEN verdict IN ('open', 'no_card') ELSE verdict = %(verdict)s END
ORDER BY {order}
LIMIT %(limit)s
