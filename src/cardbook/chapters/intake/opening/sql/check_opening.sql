-- Everything about a staged opening balance that one row alone cannot tell. One row a problem:
-- (row, field, code, sentence, remedy, is_error). What sources disagree on is listed, never an error.
WITH staged AS (SELECT * FROM intake_openingrow WHERE file_id = %(file)s),
card_twin AS (
    SELECT row, min(row) OVER same AS first, count(*) OVER same AS copies,
           min(encode(number_index, 'hex')) OVER same <> max(encode(number_index, 'hex')) OVER same AS people_differ,
           count(*) OVER (PARTITION BY card_number, number_index) AS repeats
    FROM staged WINDOW same AS (PARTITION BY card_number)
),
person_twin AS (
    SELECT row, array_agg(row) OVER same AS rows,
           min(name_key) OVER same <> max(name_key) OVER same AS names_differ,
           min(card_number) OVER same <> max(card_number) OVER same AS two_cards,
           count(*) FILTER (WHERE social IN ('active', 'locked')) OVER same AS active
    FROM staged WINDOW same AS (PARTITION BY number_index)
),
slot_twin AS (
    SELECT row, slot, box_code, count(*) OVER (PARTITION BY office_id, box_code, slot) AS copies
    FROM staged WHERE place = 'box' AND slot IS NOT NULL
),
account_twin AS ({account_twin}),
compared AS ({compared}),
-- Days are no difference to settle (a ledger and a printout differ by days), but nobody may call them alike.
other_day AS (
    SELECT DISTINCT ON (s.row) s.row, s.claimed_on, e.claimed_on AS source_day, o.name AS source,
           e.row AS source_row
    FROM staged s
    JOIN compared n ON n.row = s.row AND n.differs = '{{}}'
    JOIN intake_openingclaim e ON e.card_id = n.card_id AND e.stage = s.stage
                              AND e.claimed_on <> s.claimed_on
    JOIN intake_openingsource o ON o.id = e.source_id
    ORDER BY s.row, e.id
)
SELECT row, '社保卡号', 'card_twice', '卡号与第 ' || first || ' 行重复，持卡人相同',
       '一个来源中同一张卡只列一行，请核对原台账后保留一行', true
FROM card_twin WHERE repeats > 1 AND row > first
UNION ALL
SELECT row, '社保卡号', 'two_people', '同一卡号在本文件中属于不同的人',
       '不登记，列入“一卡多人”，查明后再登记', false
FROM card_twin WHERE people_differ
UNION ALL
SELECT row, '姓名', 'same_number_two_names', '同一社会保障号码在本文件中有不同姓名',
       '请核对身份证后改正', true
FROM person_twin WHERE names_differ
UNION ALL
SELECT row, '社会保障号码', 'two_cards',
       '同一人在本文件中有多张卡（第 '
           || array_to_string(ARRAY(SELECT DISTINCT unnest(rows) ORDER BY 1 LIMIT 10), '、') || ' 行）'
           || CASE WHEN active > 1 THEN '，都称正在使用：社保功能登记为未知' ELSE '' END,
       '照登，列入“一人多卡”，以后逐人办理', false
FROM person_twin WHERE two_cards
UNION ALL
SELECT row, '银行卡号', 'account_twin', '银行卡号与第 ' || first || ' 行相同',
       '照登；一个账户只能在一张卡上，请向银行查明', false
FROM account_twin
UNION ALL
SELECT taken.row, '银行卡号', 'account_taken', '该银行账户已在卡 ' || taken.number || '（' || o.name || '）上',
       '照登；一个账户只能在一张卡上，请向银行查明', false
FROM ({account_taken}) taken
JOIN staged s USING (row)
JOIN orgs_organization o ON o.id = taken.county_id
WHERE s.stage {living}
UNION ALL
SELECT row, '有效标志', 'valid_doubted',
       CASE WHEN valid THEN '有效标志写着有效，其他列却说已注销或已销毁'
            ELSE '有效标志写着无效，其他列没有说为什么' END,
       '照登，列入“来源差异”，查明后办理；写着正常或注销的，社保功能先登记为未知', false
FROM staged WHERE valid_doubted
UNION ALL
SELECT row, '盒内位', 'slot_twice', '盒 ' || box_code || ' 第 ' || slot || ' 位在本文件中有 ' || copies
       || ' 张卡', '一位一卡，请核对后改正；不知道位号的留空', true
FROM slot_twin WHERE copies > 1
UNION ALL
SELECT s.row, '盒内位', 'slot_taken', '盒 ' || s.box_code || ' 第 ' || s.slot || ' 位已有卡 ' || c.number,
       '请到盒中核对；不知道位号的留空', true
FROM staged s
JOIN custody_account a ON a.kind = 'box' AND a.organization_id = s.office_id AND a.code = s.box_code
JOIN custody_position w ON w.account_id = a.id AND w.slot = s.slot
JOIN cards_card c ON c.id = w.card_id AND c.number <> s.card_number
UNION ALL
SELECT s.row, '社会保障号码', 'has_another_card',
       '该人在台账中已有卡 ' || c.number || '（' || o.name || '）', '照登，列入“一人多卡”，以后逐人办理', false
FROM staged s JOIN people_person p ON p.number_index = s.number_index
JOIN cards_card c ON c.person_id = p.id AND c.number <> s.card_number
                 AND c.stage NOT IN ('cancelled', 'destroyed') AND c.social <> 'cancelled'
JOIN orgs_organization o ON o.id = c.county_id
WHERE NOT (s.stage IN ('cancelled', 'destroyed') OR s.social = 'cancelled')
UNION ALL
SELECT s.row, '姓名', 'name_differs', '姓名与台账中该社会保障号码的姓名不一致',
       '照登，台账姓名不变；请核对身份证', false
FROM staged s JOIN people_person p ON p.number_index = s.number_index
WHERE NOT p.search_keys @> ARRAY[s.name_key]
UNION ALL
SELECT row, '生存状态', 'holder_dead', '持卡人已故', '照登，列入“已故持卡人”；没有死亡日期的请先登记死亡，登记后不能发放', false
FROM staged WHERE holder_dead
UNION ALL
SELECT row, '社保卡号', 'holder_differs', '该卡号在台账中登记在另一人名下',
       '台账不变，列入“一卡多人”', false
FROM compared WHERE 'holder' = ANY(differs)
UNION ALL
SELECT row, '社保卡号', 'differs', '与台账登记不同：' || array_to_string(ARRAY(
           SELECT t.title FROM unnest(differs) AS d(code)
           JOIN (VALUES ('name', '姓名'), ('county', '登记在' || county), ('stage', '卡片状态'),
                        ('social', '社保功能'), ('hold', '挂失/停用'), ('place', '存放地点'),
                        ('valid', '有效标志'))
               AS t(code, title) USING (code)), '、'),
       '台账不变，列入“来源差异”，查明后办理', false
FROM compared WHERE differs <> '{{}}' AND differs <> '{{holder}}'
UNION ALL
SELECT n.row, '社保卡号', 'known', '该卡已登记，与台账一致', '无需处理', false
FROM compared n LEFT JOIN other_day USING (row) WHERE n.differs = '{{}}' AND other_day.row IS NULL
UNION ALL
SELECT row, '社保卡号', 'other_day', '该卡已登记，与台账一致，只是日期写着 ' || claimed_on || '，来源“' || source
       || '”第 ' || source_row || ' 行写着 ' || source_day,
       '台账不变，两个说法都留着；以签字的登记表为准', false
FROM other_day
ORDER BY 1, 2, 3
