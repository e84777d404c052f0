-- Who comes, and which living cards the book knows of him; what is to be done is for people to say.
WITH incoming AS (
    SELECT t.id, t.number_sealed, t.name_sealed, t.from_place, t.moved_on, t.old_card, t.list_number,
           t.settled_at, t.words, t.decision, t.undone_at, t.undone_words, t.asked, t.asked_at, t.asked_words, u.name AS settled_by, told.state AS told, county.name AS county, p.died_on, own.cards,
           CASE WHEN own.cards IS NOT NULL AND t.old_card <> '' AND t.old_card <> ALL (own.numbers) THEN 'two_cards'
                WHEN cardinality(own.numbers) > 1 THEN 'two_cards'
                WHEN own.cards IS NOT NULL THEN 'card_here'
                WHEN t.old_card <> '' THEN 'card_there'
                ELSE 'none' END AS verdict
    FROM usage_transferin t
    JOIN orgs_organization county ON county.id = t.county_id AND starts_with(county.path, %(within)s)
    LEFT JOIN orgs_user u ON u.id = t.settled_by_id
    LEFT JOIN people_person p ON p.number_index = t.number_index
    LEFT JOIN LATERAL (
        SELECT m.state FROM outbox_message m
        WHERE m.party = 'province' AND m.thread = 'transfer_in:' || t.id ORDER BY m.id DESC LIMIT 1
    ) told ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_array(c.id, c.number, o.name) ORDER BY c.id) AS cards,
               array_agg(c.number::text) AS numbers
        FROM cards_card c JOIN orgs_organization o ON o.id = c.county_id
        WHERE c.person_id = p.id AND c.stage IN ('in_custody', 'issued') AND c.social <> 'cancelled'
    ) own ON true
    WHERE (%(since)s::date IS NULL OR t.moved_on >= %(since)s) AND (%(until)s::date IS NULL OR t.moved_on <= %(until)s)
      AND (%(number)s::bytea IS NULL OR t.number_index = %(number)s)
      AND (%(name)s::bigint IS NULL OR t.name_key = %(name)s)
      AND (NOT %(open)s OR t.settled_at IS NULL)
)
SELECT * FROM incoming
WHERE %(verdict)s = '' OR verdict = %(verdict)s
ORDER BY {order}
LIMIT %(limit)s
