-- Each card of a movement leaves one place and arrives at one; every movement moves something.
SELECT 'movement' AS kind, movement_id AS id,
       format('卡 %s 有 %s 条分录，合计 %s', card_id, count(*), sum(amount)) AS said
FROM custody_posting GROUP BY movement_id, card_id HAVING count(*) <> 2 OR sum(amount) <> 0
UNION ALL
SELECT 'movement', m.id, '没有任何分录'
FROM custody_movement m LEFT JOIN custody_posting p ON p.movement_id = m.id WHERE p.id IS NULL
