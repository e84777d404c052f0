-- What one row of a file of uses cannot tell alone: a card the book does not have or another county has,
-- a row written twice, one that is kept already.
CREATE TEMPORARY TABLE found ON COMMIT DROP AS
WITH staged AS MATERIALIZED (
    SELECT s.row, s.card_number, s.use_id, s.used_at, c.id AS card_id, o.path, o.name AS county,
           min(s.row) OVER (PARTITION BY s.card_number, s.use_id, s.used_at) AS first
    FROM usage_userow s
    LEFT JOIN cards_card c ON c.number = s.card_number
    LEFT JOIN orgs_organization o ON o.id = c.county_id
    WHERE s.file_id = %(file)s
)
SELECT row, '社保卡号' AS field, 'card_unknown' AS code, '台账没有这个卡号' AS sentence,
       '请核对卡号；卡号无误的可能是伪造卡，请按第三十一条报告，并从文件中删除这一行' AS remedy,
       true AS is_error
FROM staged WHERE card_id IS NULL
UNION ALL
SELECT row, '社保卡号', 'card_elsewhere', '该卡登记在' || county, '请从文件中删除这一行，由该县区或市局导入', true
FROM staged WHERE card_id IS NOT NULL AND NOT starts_with(path, %(within)s)
UNION ALL
SELECT row, '用卡时间', 'twice', '与第 ' || first || ' 行是同一张卡、同一事项、同一时间', '按一次登记，无需处理', false
FROM staged WHERE row > first AND use_id IS NOT NULL AND used_at IS NOT NULL
UNION ALL
SELECT s.row, '整行', 'known', '这次用卡已登记，本行不改变任何内容', '无需处理', false
FROM staged s JOIN usage_cardused u ON u.card_id = s.card_id AND u.used_at = s.used_at AND u.use_id = s.use_id
