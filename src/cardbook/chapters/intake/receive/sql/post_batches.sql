-- The maker's batches named in the manifest, one for each code and bank.
INSERT INTO cards_batch (code, bank_id, maker)
SELECT s.batch_code, b.id, max(s.maker)
FROM staged s
LEFT JOIN orgs_organization b ON b.kind = 'bank' AND b.name = s.bank_name
GROUP BY s.batch_code, b.id
ON CONFLICT (code, bank_id) DO NOTHING
