-- Adding up all postings leaves each card in exactly one place, once: the place, slot and movement its
-- position names; and it first lay on a shelf when its position says. Cards come out of `outside`, so that
-- account is left out; back there, nothing is left.
WITH net AS (
    SELECT card_id, account_id, sum(amount) AS amount FROM custody_posting
    GROUP BY card_id, account_id HAVING sum(amount) <> 0
), place AS (
    SELECT net.card_id, count(*) AS places, min(net.account_id) AS account_id,
           min(net.amount) AS amount
    FROM net JOIN custody_account a ON a.id = net.account_id AND a.kind <> 'outside'
    GROUP BY net.card_id
), arrival AS (
    SELECT DISTINCT ON (card_id) card_id, account_id, slot, movement_id
    FROM custody_posting WHERE amount = 1 ORDER BY card_id, id DESC
), receipt AS (
    SELECT DISTINCT ON (o.card_id) o.card_id, m.happened_at
    FROM custody_posting o
    JOIN custody_account s ON s.id = o.account_id AND s.kind IN ('store', 'box', 'drawer')
    JOIN custody_movement m ON m.id = o.movement_id
    WHERE o.amount = 1 ORDER BY o.card_id, o.id
)
SELECT 'card' AS kind, p.card_id AS id,
       CASE WHEN a.card_id IS NULL THEN '有保管位置，但没有任何交接分录'
            WHEN n.places > 1 THEN format('分录累计后同时在 %s 处', n.places)
            WHEN n.amount <> 1 THEN format('分录累计为 %s 张', n.amount)
            WHEN (a.account_id, a.movement_id) = (p.account_id, p.movement_id)
                 AND f.happened_at IS DISTINCT FROM p.received_at
            THEN format('登记第一次接收于 %s，分录为 %s', coalesce(p.received_at::text, '—'),
                        coalesce(f.happened_at::text, '—'))
            ELSE format('登记在账户 %s 第 %s 位，分录最后在账户 %s 第 %s 位', p.account_id,
                        coalesce(p.slot::text, '—'), a.account_id, coalesce(a.slot::text, '—'))
       END AS said
FROM custody_position p
JOIN custody_account held ON held.id = p.account_id
LEFT JOIN place n ON n.card_id = p.card_id
LEFT JOIN arrival a ON a.card_id = p.card_id
LEFT JOIN receipt f ON f.card_id = p.card_id
WHERE (a.account_id, a.movement_id) IS DISTINCT FROM (p.account_id, p.movement_id)
   OR a.slot IS DISTINCT FROM p.slot
   OR f.happened_at IS DISTINCT FROM p.received_at
   OR CASE WHEN held.kind = 'outside' THEN n.card_id IS NOT NULL
           ELSE (n.places, n.amount, n.account_id) IS DISTINCT FROM (1, 1, p.account_id) END
