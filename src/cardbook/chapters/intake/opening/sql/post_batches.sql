-- The batches the rows name, one for each code and bank; rows without one belong to the batch 期初.
INSERT INTO cards_batch (code, bank_id, maker)
SELECT DISTINCT s.batch_code, b.id, ''
FROM intake_openingrow s
LEFT JOIN orgs_organization b ON b.kind = 'bank' AND b.name = s.bank_name
WHERE s.file_id = %(file)s
ON CONFLICT (code, bank_id) DO NOTHING
