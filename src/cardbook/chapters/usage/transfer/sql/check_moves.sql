-- What one row of a list of those who come cannot tell alone: somebody twice, another name than the
-- book's, a card of somebody else, cards he has here already, what is kept already.
CREATE TEMPORARY TABLE found ON COMMIT DROP AS
WITH staged AS MATERIALIZED (
    SELECT s.row, s.number_index, s.name_key, s.from_place, s.moved_on, s.old_card,
           p.id AS person_id, p.search_keys,
           min(s.row) OVER (PARTITION BY s.number_index) AS first
    FROM usage_transferrow s LEFT JOIN people_person p ON p.number_index = s.number_index
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
SELECT s.row, '原卡号', 'card_of_another', '原卡号已登记在另一人名下', '请与转出地核对卡号', true
FROM staged s JOIN cards_card c ON c.number = s.old_card AND c.person_id IS DISTINCT FROM s.person_id
UNION ALL
SELECT s.row, '社会保障号码', 'has_card', '该人在' || o.name || '已有一张未注销的卡（' || c.number || '）',
       '可以入账；列入重复名单，请核对后由持卡人选定一张', false
FROM staged s
JOIN cards_card c ON c.person_id = s.person_id AND c.stage IN ('in_custody', 'issued') AND c.social <> 'cancelled'
JOIN orgs_organization o ON o.id = c.county_id
UNION ALL
SELECT s.row, '整行', 'known', '这个人的这次转入已登记，本行不改变任何内容', '无需处理', false
FROM staged s
JOIN usage_transferin t ON t.number_index = s.number_index AND t.moved_on = s.moved_on
                       AND t.from_place = s.from_place AND t.county_id = %(county)s
