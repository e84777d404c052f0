-- Why a place of a stock-take differs, gathered: kind, what was decided, in which words, how many.
-- A card that lay in another place is named in both: where it was, and where it should have been.
SELECT place_id, kind, outcome, words, count(*) AS cards FROM (
    SELECT coalesce(account_id, book_account_id) AS place_id, kind, outcome, words
    FROM safekeeping_finding WHERE stocktake_id = %(take)s
    UNION ALL
    SELECT book_account_id, 'elsewhere', outcome, words
    FROM safekeeping_finding
    WHERE stocktake_id = %(take)s AND kind = 'misplaced' AND account_id <> book_account_id
) AS one
GROUP BY place_id, kind, outcome, words
ORDER BY place_id, kind, cards DESC, words
