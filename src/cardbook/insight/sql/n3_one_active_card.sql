-- A person has at most one card whose social function works.
SELECT 'person' AS kind, person_id AS id,
       format('有 %s 张启用的卡：%s', count(*), string_agg(id::text, '、' ORDER BY id)) AS said
FROM cards_card WHERE social IN ('active', 'locked') GROUP BY person_id HAVING count(*) > 1
