-- A person has at most one temporary card in his hands (Art. 27).
SELECT 'person' AS kind, person_id AS id,
       format('有 %s 张未收回的临时卡：%s', count(*), string_agg(id::text, '、' ORDER BY id)) AS said
FROM cards_temporarycard WHERE stage = 'lent' GROUP BY person_id HAVING count(*) > 1
