-- A wrong card is handled once at a time (Art. 13).
SELECT 'card' AS kind, card_id AS id, format('有 %s 件办理中的错卡处理', count(*)) AS said
FROM cards_correction WHERE progress NOT IN ($closed_corrections)
GROUP BY card_id HAVING count(*) > 1
