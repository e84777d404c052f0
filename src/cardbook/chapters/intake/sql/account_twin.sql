-- Rows of a staged file that name the account of another card further up, and where that stands.
SELECT s.row, twin.first
FROM staged s
JOIN (SELECT account_key, min(row) AS first FROM staged
      WHERE account_key IS NOT NULL
      GROUP BY account_key HAVING min(card_number) <> max(card_number)) twin
    USING (account_key)
WHERE s.row > twin.first
