-- The places the rows name, opened where they are not yet; a box is as large as what is said to be in it.
INSERT INTO custody_account (kind, organization_id, code, cabinet, shelf, box, capacity, label)
SELECT DISTINCT s.kind, s.office_id, '', '', '', '', 0, ''
FROM (
    SELECT CASE WHEN place = '' THEN 'missing' ELSE place END AS kind,
           CASE WHEN place IN ('holder', 'missing', 'destroyed', '') THEN %(county)s
                ELSE office_id END AS office_id
    FROM intake_openingrow WHERE file_id = %(file)s AND place <> 'box'
) AS s
UNION ALL
SELECT 'box', office_id, box_code, split_part(box_code, '-', 1), split_part(box_code, '-', 2),
       split_part(box_code, '-', 3), greatest(count(*), max(slot), %(usual_capacity)s), '期初'
FROM intake_openingrow WHERE file_id = %(file)s AND place = 'box'
GROUP BY office_id, box_code
ON CONFLICT DO NOTHING
