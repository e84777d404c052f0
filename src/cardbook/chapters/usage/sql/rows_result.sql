-- What the check of a file's staged rows as a set came to: rows in error, rows only noted, rows known.
SELECT count(DISTINCT row) FILTER (WHERE is_error) AS errors,
       count(DISTINCT row) FILTER (WHERE NOT is_error
           AND NOT EXISTS (SELECT FROM found e WHERE e.row = found.row AND e.is_error)) AS warnings,
       count(DISTINCT row) FILTER (WHERE code = 'known') AS known
FROM found
