-- The boxes of the delivery with how many cards each should hold.
INSERT INTO intake_deliverybox (delivery_id, code, expected)
SELECT %(delivery)s, s.box_code, count(*)
FROM intake_manifestrow s JOIN cards_card c ON c.number = s.card_number
WHERE s.file_id = %(file)s AND c.id = ANY(%(cards)s)
GROUP BY s.box_code
