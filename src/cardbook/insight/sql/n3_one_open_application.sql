-- A person has at most one application under way (Art. 25).
SELECT 'person' AS kind, person_id AS id,
       format('有 %s 件办理中的申请：%s', count(*), string_agg(id::text, '、' ORDER BY id)) AS said
FROM cards_application WHERE progress NOT IN ($closed_applications)
GROUP BY person_id HAVING count(*) > 1
