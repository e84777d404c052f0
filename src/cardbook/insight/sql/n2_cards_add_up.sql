-- Cards registered = cards taken in by postings = cards lying in all places; by batch, county and city.
WITH entered AS (
    SELECT o.card_id, -sum(o.amount) AS amount
    FROM custody_posting o JOIN custody_account a ON a.id = o.account_id AND a.kind = 'outside'
    GROUP BY o.card_id
), counted AS (
    SELECT c.batch_id, c.county_id, count(*) AS made, coalesce(sum(e.amount), 0) AS entered,
           count(*) FILTER (WHERE a.kind <> 'outside') AS held,
           count(*) FILTER (WHERE a.kind = 'transit') AS transit,
           count(*) FILTER (WHERE a.kind IN ('store', 'box', 'drawer')) AS shelf,
           count(*) FILTER (WHERE a.kind = 'holder') AS issued,
           count(*) FILTER (WHERE a.kind IN ('unit', 'post', 'visit')) AS given,
           count(*) FILTER (WHERE a.kind IN ('defect', 'error', 'returned', 'scrap')) AS aside,
           count(*) FILTER (WHERE a.kind = 'missing') AS missing,
           count(*) FILTER (WHERE a.kind = 'destroyed') AS gone,
           count(*) FILTER (WHERE a.kind = 'outside') AS outside
    FROM cards_card c
    LEFT JOIN entered e ON e.card_id = c.id
    LEFT JOIN custody_position p ON p.card_id = c.id
    LEFT JOIN custody_account a ON a.id = p.account_id
    GROUP BY GROUPING SETS ((c.batch_id), (c.county_id), ())
)
SELECT CASE WHEN batch_id IS NOT NULL THEN 'batch' WHEN county_id IS NOT NULL THEN 'county'
            ELSE 'city' END AS kind,
       coalesce(batch_id, county_id, 0) AS id,
       format('登记 %s 张，分录进入 %s 张，各处合计 %s 张（在途 %s、在库 %s、在单位、邮寄或上门 %s、停用 %s、已发放 %s、'
              '下落不明 %s、已销毁 %s）',
              made, entered, held, transit, shelf, given, aside, issued, missing, gone) AS said
FROM counted
WHERE made <> held + outside OR entered <> held
