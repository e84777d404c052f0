-- The kept sums say of each account and day just as many cards as lie there since.
WITH lying AS (
    SELECT account_id, (since AT TIME ZONE 'Asia/Shanghai')::date AS since_on, count(*) AS cards
    FROM custody_position GROUP BY 1, 2
), kept AS (
    SELECT account_id, since_on, sum(cards) AS cards FROM custody_tally
    GROUP BY 1, 2 HAVING sum(cards) <> 0
)
SELECT 'account' AS kind, account_id AS id,
       format('%s 起在此的卡，合计表为 %s 张，逐张数为 %s 张', since_on, coalesce(kept.cards, 0),
              coalesce(lying.cards, 0)) AS said
FROM lying FULL JOIN kept USING (account_id, since_on)
WHERE lying.cards IS DISTINCT FROM kept.cards
