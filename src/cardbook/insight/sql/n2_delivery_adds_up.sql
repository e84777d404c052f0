-- What a delivery expects is what its manifest lists, box by box and in all (Art. 6).
WITH box AS (
    SELECT b.id, b.delivery_id, b.expected, count(l.id) AS listed
    FROM intake_deliverybox b LEFT JOIN intake_deliveryline l ON l.box_id = b.id
    GROUP BY b.id
)
SELECT 'box' AS kind, id, format('应到 %s 张，明细列出 %s 张', expected, listed) AS said
FROM box WHERE expected <> listed
UNION ALL
SELECT 'delivery', d.id, format('应到 %s 张，各箱合计 %s 张', d.expected, coalesce(sum(box.listed), 0))
FROM intake_delivery d LEFT JOIN box ON box.delivery_id = d.id
GROUP BY d.id HAVING d.expected <> coalesce(sum(box.listed), 0)
