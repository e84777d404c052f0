-- Under which key the account of each new card is known; in the order of the index.
INSERT INTO intake_cardaccount (account_key, card_id)
SELECT b.account_key, c.id FROM opening_birth b JOIN cards_card c ON c.number = b.card_number
WHERE b.account_key IS NOT NULL ORDER BY b.account_key
