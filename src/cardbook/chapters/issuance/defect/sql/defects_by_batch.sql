-- How many defective cards of each batch the county examined.
WITH findings AS (
{findings})
SELECT c.batch_id, count(*) AS defects
FROM findings e JOIN cards_card c ON c.id = e.card_id
GROUP BY c.batch_id
ORDER BY c.batch_id
