-- The maker's batches named in the manifest, one for each code and bank.
INSERT INTO cards_batch (code, bank_id, maker)
SELECT s.batch_code, b.id, max(s.maker)
FROM intake_manifestrow s
LEFT JOIN orgs_organization b ON b.kind = 'bank' AND b.name = s.bank_name
WHERE s.file_id = %(file)s
GROUP BY s.batch_code, b.id
ON CONFLICT (code, bank_id) DO NOTHING
