-- How many cards of one list are those somebody looks for; see list_cards.sql.
SELECT count(*) AS found
FROM ({listed}) AS l
LEFT JOIN cards_card c ON c.id = l.card_id
WHERE l.list = %(list)s AND {sought}
