-- Under which key the account of each new card is known; in the order of the index.
INSERT INTO intake_cardaccount (account_key, card_id)
SELECT s.account_key, birth.id FROM birth JOIN staged s USING (row)
WHERE s.account_key IS NOT NULL ORDER BY s.account_key
