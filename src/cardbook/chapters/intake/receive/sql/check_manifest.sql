-- Everything about a staged manifest that one row alone cannot tell: twins in the file, what the book
-- knows already, other counties. One row a problem: (row, field, code, sentence, remedy, is_error).
WITH staged AS (SELECT * FROM intake_manifestrow WHERE file_id = %(file)s),
card_twin AS (
    SELECT row, min(row) OVER same AS first, count(*) OVER same AS copies
    FROM staged WINDOW same AS (PARTITION BY card_number)
),
person_twin AS (
    SELECT row, array_agg(row) OVER same AS rows,
           min(name_key) OVER same <> max(name_key) OVER same
               AS names_differ,
           count(*) OVER same AS copies
    FROM staged WINDOW same AS (PARTITION BY number_index)
),
known AS (
    SELECT s.row, c.person_id, p.number_index = s.number_index AS same_person,
           c.county_id = %(county)s AS same_county, o.name AS county
    FROM staged s JOIN cards_card c ON c.number = s.card_number
    JOIN people_person p ON p.id = c.person_id
    JOIN orgs_organization o ON o.id = c.county_id
)
SELECT row, '社保卡号', 'card_twice', '卡号与第 ' || first || ' 行重复',
       '同一张卡只能列一行，请删除重复行', true
FROM card_twin WHERE copies > 1 AND row > first
UNION ALL
SELECT row, '社会保障号码', 'person_twice',
       '同一人在本文件中出现 ' || copies || ' 次（第 '
           || array_to_string(ARRAY(SELECT unnest(rows) ORDER BY 1 LIMIT 10), '、') || ' 行）',
       '一人一张卡，请核对后保留一行', true
FROM person_twin WHERE copies > 1
UNION ALL
SELECT row, '姓名', 'same_number_two_names', '同一社会保障号码在本文件中有不同姓名',
       '请核对身份证后改正', true
FROM person_twin WHERE names_differ
UNION ALL
SELECT row, '社保卡号', 'card_of_another', '该卡号已登记在另一人名下',
       '请核对卡号；确属制卡错误的，请退回制卡机构', true
FROM known WHERE NOT same_person
UNION ALL
SELECT row, '社保卡号', 'card_elsewhere', '该卡已登记在' || county,
       '请与该县区核对是否错发', true
FROM known WHERE same_person AND NOT same_county
UNION ALL
SELECT s.row, '姓名', 'name_differs', '姓名与台账中该社会保障号码的姓名不一致',
       '请核对身份证；姓名确已更正的，请先按信息变更办理', true
FROM staged s JOIN people_person p ON p.number_index = s.number_index
WHERE NOT p.search_keys @> ARRAY[s.name_key]
UNION ALL
SELECT s.row, '社会保障号码', 'holder_dead', '台账登记该人已于 ' || p.died_on || ' 去世',
       '可以登记入库，但不能发放，请按滞留卡退回', false
FROM staged s JOIN people_person p ON p.number_index = s.number_index
WHERE p.died_on IS NOT NULL
UNION ALL
SELECT s.row, '社会保障号码', 'has_another_card', '该人已有一张未注销的卡（' || o.name || '）',
       '新卡可以登记；发放前请先处理旧卡', false
FROM staged s JOIN people_person p ON p.number_index = s.number_index
JOIN cards_card c ON c.person_id = p.id AND c.number <> s.card_number
                 AND c.stage NOT IN ('cancelled', 'destroyed', 'recalled', 'returned')
JOIN orgs_organization o ON o.id = c.county_id
UNION ALL
SELECT row, '社保卡号', 'known', '该卡已登记，本行不改变任何内容', '无需处理', false
FROM known WHERE same_person AND same_county
ORDER BY 1, 2, 3
