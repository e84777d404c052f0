-- The boxes of the delivery with how many cards each should hold.
INSERT INTO intake_deliverybox (delivery_id, code, expected)
SELECT %(delivery)s, box_code, count(*) FROM birth GROUP BY box_code ORDER BY min(id)
