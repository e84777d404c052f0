-- The staged uses become kept ones; what is kept already stays as it is.
INSERT INTO usage_cardused (card_id, used_at, use_id, day_only, file_id)
SELECT c.id, s.used_at, s.use_id, s.day_only, s.file_id
FROM usage_userow s JOIN cards_card c ON c.number = s.card_number
WHERE s.file_id = %(file)s
ORDER BY c.id, s.used_at, s.use_id
ON CONFLICT DO NOTHING
