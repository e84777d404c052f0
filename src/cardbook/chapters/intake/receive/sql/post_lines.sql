-- Which card the manifest lists in which box.
INSERT INTO intake_deliveryline (box_id, card_id)
SELECT b.id, c.id
FROM intake_manifestrow s
JOIN cards_card c ON c.number = s.card_number
JOIN intake_deliverybox b ON b.delivery_id = %(delivery)s AND b.code = s.box_code
WHERE s.file_id = %(file)s AND c.id = ANY(%(cards)s)
ORDER BY s.row
