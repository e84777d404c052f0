-- Holders to be called: took the card home so long ago and our half is not in use, or the bank's is not; the
-- last call beside. Whoever died, or whose card is stopped, is left out. Most were never called: of those each
-- county's are taken from the index of (place, since, card), the longest waiting, no more than are listed: OFFSET 0
-- keeps that order where the database would rather sort them all, or join and then sort.
WITH called AS MATERIALIZED (
    SELECT DISTINCT ON (card_id) card_id, called_at, called_by_id, result, words
    FROM usage_activationcall ORDER BY card_id, called_at DESC, id DESC
), candidates AS (
    SELECT card_id FROM called
    UNION ALL
    SELECT never.card_id
    FROM custody_account a
    JOIN orgs_organization o ON o.id = a.organization_id
    CROSS JOIN LATERAL (
        SELECT p.card_id
        FROM (SELECT card_id, since FROM custody_position
              WHERE account_id = a.id AND since <= %(until)s ORDER BY since, card_id OFFSET 0) p
        JOIN cards_card c ON c.id = p.card_id
        WHERE {due}
          AND NOT EXISTS (SELECT FROM usage_activationcall x WHERE x.card_id = c.id OFFSET 0)
          AND NOT EXISTS (SELECT FROM people_person d WHERE d.id = c.person_id AND d.died_on IS NOT NULL OFFSET 0)
        ORDER BY p.since, p.card_id LIMIT %(limit)s
    ) never
    WHERE a.kind = 'holder' AND starts_with(o.path, %(within)s) AND %(state)s <> 'called'
)
SELECT c.id, c.number, c.village, c.unit_name, p.since, c.bank, h.name_sealed, h.number_sealed, h.phone_sealed,
       CASE WHEN c.social = 'sealed' THEN 'social' ELSE 'bank' END AS kind,
       called.called_at, called.result, coalesce(called.words, '') AS words, coalesce(u.name, '') AS called_by
FROM candidates
JOIN cards_card c ON c.id = candidates.card_id
JOIN orgs_organization county ON county.id = c.county_id
JOIN custody_position p ON p.card_id = c.id
JOIN people_person h ON h.id = c.person_id
LEFT JOIN called ON called.card_id = c.id
LEFT JOIN orgs_user u ON u.id = called.called_by_id
WHERE starts_with(county.path, %(within)s) AND county.kind = 'county' AND p.since <= %(until)s AND {due}
  AND h.died_on IS NULL
  AND CASE %(state)s WHEN 'open' THEN result IS NULL OR result IN ('no_answer', 'will_come')
                     WHEN 'called' THEN result IS NOT NULL ELSE true END
ORDER BY {order}
LIMIT %(limit)s
