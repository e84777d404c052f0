-- Everything about a staged manifest that one row alone cannot tell: twins in the file, what the book
-- knows already, other counties. One row a problem: (row, field, code, sentence, remedy, is_error).
CREATE TEMPORARY TABLE found ON COMMIT DROP AS
WITH card_twin AS (
    SELECT s.row, min(s.row) OVER (PARTITION BY card_number) AS first
    FROM staged s
    JOIN (SELECT card_number FROM staged GROUP BY card_number HAVING count(*) > 1) twin
        USING (card_number)
),
person_twin AS (
    SELECT s.row, array_agg(s.row) OVER same AS rows, count(*) OVER same AS copies,
           min(s.name_key) OVER same <> max(s.name_key) OVER same AS names_differ
    FROM staged s
    JOIN (SELECT number_index FROM staged GROUP BY number_index HAVING count(*) > 1) twin
        USING (number_index)
    WINDOW same AS (PARTITION BY number_index)
),
place_twin AS (
    -- Some makers write the box only: a hundred cards with one place are no mistake.
    SELECT s.row, twin.first
    FROM staged s
    JOIN (SELECT batch_code, packing, min(row) AS first FROM staged
          WHERE box_code <> '散卡'
          GROUP BY batch_code, packing HAVING count(*) BETWEEN 2 AND 5) twin
        USING (batch_code, packing)
    WHERE s.row > twin.first
),
account_twin AS ({account_twin}),
account_taken AS (
    SELECT taken.*, o.name AS county
    FROM ({account_taken}) taken JOIN orgs_organization o ON o.id = taken.county_id
),
known AS (
    SELECT s.row, p.number_index = s.number_index AS same_person,
           c.county_id = %(county)s AS same_county, o.name AS county
    FROM staged s JOIN cards_card c ON c.number = s.card_number
    JOIN people_person p ON p.id = c.person_id
    JOIN orgs_organization o ON o.id = c.county_id
),
holder AS (
    SELECT s.row, s.card_number, p.id, p.died_on, p.search_keys @> ARRAY[s.name_key] AS same_name
    FROM staged s JOIN people_person p ON p.number_index = s.number_index
)
SELECT row, '社保卡号' AS field, 'card_twice' AS code, '卡号与第 ' || first || ' 行重复' AS sentence,
       '同一张卡只能列一行，请删除重复行' AS remedy, true AS is_error
FROM card_twin WHERE row > first
UNION ALL
SELECT row, '装箱位置', 'place_twice', '装箱位置与第 ' || first || ' 行相同',
       '可以登记；清点时请看两张卡各在哪一位', false
FROM place_twin
UNION ALL
SELECT row, '银行卡号', 'account_twice', '银行卡号与第 ' || first || ' 行相同',
       '一个账户只能在一张卡上，请对照卡面核对这两行', true
FROM account_twin
UNION ALL
SELECT row, '银行卡号', 'account_taken', '该银行账户已在卡 ' || number || '（' || county || '，另一人）上',
       '一个账户只能在一张卡上，请对照卡面核对，问制卡机构和银行哪张卡是对的', true
FROM account_taken WHERE NOT same_person
UNION ALL
SELECT row, '银行卡号', 'account_kept', '该银行账户已在该人的卡 ' || number || '（' || county || '）上',
       '同号换卡的可以登记；发放前请先处理旧卡', false
FROM account_taken WHERE same_person
UNION ALL
SELECT row, '社会保障号码', 'person_twice',
       '同一人在本文件中出现 ' || copies || ' 次（第 '
           || array_to_string(ARRAY(SELECT unnest(rows) ORDER BY 1 LIMIT 10), '、') || ' 行）',
       '一人一张卡，请核对后保留一行', true
FROM person_twin
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
SELECT row, '姓名', 'name_differs', '姓名与台账中该社会保障号码的姓名不一致',
       '请核对身份证；姓名确已更正的，请先按信息变更办理', true
FROM holder WHERE NOT same_name
UNION ALL
SELECT row, '社会保障号码', 'holder_dead', '台账登记该人已于 ' || died_on || ' 去世',
       '可以登记入库，但不能发放，请按滞留卡退回', false
FROM holder WHERE died_on IS NOT NULL
UNION ALL
SELECT h.row, '社会保障号码', 'has_another_card', '该人已有一张未注销的卡（' || o.name || '）',
       '新卡可以登记；发放前请先处理旧卡', false
FROM holder h
JOIN cards_card c ON c.person_id = h.id AND c.number <> h.card_number
                 AND c.stage {living}
JOIN orgs_organization o ON o.id = c.county_id
UNION ALL
SELECT row, '社保卡号', 'known', '该卡已登记，本行不改变任何内容', '无需处理', false
FROM known WHERE same_person AND same_county
