-- What one row of a list of those who leave cannot tell alone: somebody twice, another name than the
-- book's, nobody with a card here, what is kept already.
CREATE TEMPORARY TABLE found ON COMMIT DROP AS
WITH staged AS MATERIALIZED (
    SELECT s.row, s.number_index, s.name_key, s.to_place, s.left_on, p.id AS person_id, p.search_keys,
           min(s.row) OVER (PARTITION BY s.number_index) AS first
    FROM usage_leavingrow s LEFT JOIN people_person p ON p.number_index = s.number_index
    WHERE s.file_id = %(file)s
)
SELECT row, '社会保障号码' AS field, 'person_twice' AS code, '与第 ' || first || ' 行是同一人' AS sentence,
       '同一人在一份名单里只列一行，请核对后保留一行' AS remedy, true AS is_error
FROM staged WHERE row > first
UNION ALL
SELECT row, '姓名', 'name_differs', '姓名与台账中该社会保障号码的姓名不一致',
       '请核对身份证；姓名确已更正的，请先按信息变更办理', true
FROM staged WHERE person_id IS NOT NULL AND NOT search_keys @> ARRAY[name_key]
UNION ALL
SELECT s.row, '社会保障号码', 'no_card', '台账里这个人没有未注销的卡', '可以入账；核对后在名单上勾选办结', false
FROM staged s
WHERE NOT EXISTS (SELECT FROM cards_card c WHERE c.person_id = s.person_id
                  AND c.stage IN ('in_custody', 'issued') AND c.social <> 'cancelled')
UNION ALL
SELECT s.row, '整行', 'known', '这个人的这次转出已登记，本行不改变任何内容', '无需处理', false
FROM staged s
JOIN usage_transferout t ON t.number_index = s.number_index AND t.left_on = s.left_on
                        AND t.to_place = s.to_place AND t.county_id = %(county)s
