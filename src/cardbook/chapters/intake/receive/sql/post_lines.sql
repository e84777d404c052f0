-- Which card the manifest lists in which box.
INSERT INTO intake_deliveryline (box_id, card_id)
SELECT b.id, birth.id
FROM birth JOIN intake_deliverybox b ON b.delivery_id = %(delivery)s AND b.code = birth.box_code
ORDER BY birth.id
