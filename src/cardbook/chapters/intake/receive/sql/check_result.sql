-- What the check of a file as a set came to: rows in error, rows only noted, rows known already.
SELECT (SELECT count(DISTINCT row) FROM found WHERE is_error) AS errors,
       (SELECT count(*) FROM staged s
        WHERE (s.noted OR EXISTS (SELECT FROM found f WHERE f.row = s.row AND NOT f.is_error))
          AND NOT EXISTS (SELECT FROM found f WHERE f.row = s.row AND f.is_error)) AS warnings,
       (SELECT count(*) FROM found WHERE code = 'known') AS known
