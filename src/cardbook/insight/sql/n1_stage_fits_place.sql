-- The stage of a card and the kind of its place are a pair that the table of acts can lead to.
SELECT 'card' AS kind, c.id, format('状态为“%s”，却在“%s”', c.stage, a.kind) AS said
FROM cards_card c
JOIN custody_position p ON p.card_id = c.id
JOIN custody_account a ON a.id = p.account_id
LEFT JOIN (VALUES $stage_places) AS fit(stage, place) ON fit.stage = c.stage AND fit.place = a.kind
WHERE fit.stage IS NULL
