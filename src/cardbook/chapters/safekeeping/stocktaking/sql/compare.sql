-- Art. 20: the scans of a stock-take against the book AS OF EACH SCAN, in one statement.
--
-- A scan is right when the last posting recorded before its own moment put the card into that very
-- place; so a card issued after it was scanned is no difference. Missing is only what lay in one of
-- the places all the time, from before the count began until now, and was never scanned: what was
-- moved meanwhile was in somebody's hands meanwhile.
WITH take AS (
    SELECT s.id, s.scope, s.account_id, s.begun_at, o.id AS office_id, o.path, o.county_id
    FROM safekeeping_stocktake s JOIN orgs_organization o ON o.id = s.organization_id
    WHERE s.id = %(take)s
), place AS (
    SELECT a.id FROM custody_account a
    JOIN orgs_organization o ON o.id = a.organization_id
    JOIN take ON CASE take.scope
        WHEN 'place' THEN a.id = take.account_id
        WHEN 'office' THEN a.kind = ANY(%(kept)s) AND a.organization_id = take.office_id
        ELSE a.kind = ANY(%(kept)s) AND o.path LIKE take.path || '%%' END
), scan AS MATERIALIZED (
    SELECT s.id, s.number, s.account_id, s.scanned_at, c.id AS card_id, book.account_id AS book_id
    FROM safekeeping_scan s
    LEFT JOIN cards_card c ON c.number = s.number
    LEFT JOIN LATERAL (
        SELECT p.account_id FROM custody_posting p
        JOIN custody_movement m ON m.id = p.movement_id
        WHERE p.card_id = c.id AND p.amount = 1 AND m.recorded_at <= s.scanned_at
        ORDER BY p.id DESC LIMIT 1
    ) AS book ON true
    WHERE s.stocktake_id = %(take)s
), right_one AS (
    -- Scanned right in two places (sorted in between), it counts where it was last.
    SELECT DISTINCT ON (card_id) card_id, account_id
    FROM scan WHERE book_id = account_id ORDER BY card_id, id DESC
), lost AS (
    -- Place by place through their index: the planner takes the places for half the city's cards.
    SELECT p.card_id, p.account_id, p.movement_id
    FROM place CROSS JOIN LATERAL (
        SELECT card_id, account_id, movement_id FROM custody_position
        WHERE account_id = place.id OFFSET 0
    ) AS p
    WHERE NOT EXISTS (SELECT FROM scan WHERE scan.card_id = p.card_id)
), odd AS (
    SELECT DISTINCT ON (number) number, card_id, account_id, book_id, scanned_at
    FROM scan WHERE book_id IS DISTINCT FROM account_id ORDER BY number, id DESC
), difference AS (
    SELECT CASE
            WHEN odd.card_id IS NULL THEN 'unknown'
            WHEN a.kind = ANY(%(kept)s) AND o.county_id IS NOT DISTINCT FROM take.county_id
                THEN 'misplaced'
            ELSE 'extra' END AS kind,
        odd.number, odd.card_id, odd.account_id, odd.book_id, odd.scanned_at
    FROM odd CROSS JOIN take
    LEFT JOIN custody_account a ON a.id = odd.book_id
    LEFT JOIN orgs_organization o ON o.id = a.organization_id
    UNION ALL
    SELECT 'missing', c.number, lost.card_id, NULL, lost.account_id, NULL
    FROM lost CROSS JOIN take CROSS JOIN LATERAL (
        SELECT c.number FROM cards_card c, custody_movement m
        WHERE c.id = lost.card_id AND m.id = lost.movement_id
          AND m.recorded_at <= take.begun_at OFFSET 0
    ) AS c
), kept AS (
    INSERT INTO safekeeping_finding
        (stocktake_id, kind, number, card_id, account_id, book_account_id, scanned_at,
         outcome, words, key)
    SELECT %(take)s, kind, number, card_id, account_id, book_id, scanned_at, '', '', ''
    FROM difference ORDER BY kind, book_id, account_id, number
    RETURNING kind
), tally AS (
    SELECT account_id, 1 AS book, 1 AS counted FROM right_one
    UNION ALL
    SELECT account_id, 0, 1 FROM difference WHERE kind <> 'missing'
    UNION ALL
    SELECT book_id, 1, 0 FROM difference d
    WHERE kind = 'missing' OR (
        kind = 'misplaced' AND NOT EXISTS (
            SELECT FROM right_one r WHERE r.card_id = d.card_id))
    UNION ALL
    SELECT account_id, 0, 0 FROM take WHERE scope = 'place'
)
INSERT INTO safekeeping_stocktakeline (stocktake_id, account_id, book, counted)
SELECT %(take)s, account_id, sum(book), sum(counted)
FROM tally JOIN place ON place.id = tally.account_id
GROUP BY account_id
