-- Every card has a position, and every position is of a card and at an account that exist.
SELECT 'card' AS kind, coalesce(c.id, p.card_id) AS id,
       CASE WHEN c.id IS NULL THEN '有保管位置，但没有这张卡'
            WHEN p.card_id IS NULL THEN '没有保管位置'
            ELSE '保管位置不存在' END AS said
FROM cards_card c
FULL JOIN custody_position p ON p.card_id = c.id
LEFT JOIN custody_account a ON a.id = p.account_id
WHERE a.id IS NULL OR c.id IS NULL
