-- What the check of a file's staged rows as a set came to: rows in error, but for those known to be wrong
-- already, rows only noted, rows kept already.
SELECT count(DISTINCT row) FILTER (WHERE is_error AND row <> ALL (%(wrong)s::int[])) AS errors,
       count(DISTINCT row) FILTER (WHERE NOT is_error AND row <> ALL (%(wrong)s::int[])
           AND NOT EXISTS (SELECT FROM found e WHERE e.row = found.row AND e.is_error)) AS warnings,
       count(DISTINCT row) FILTER (WHERE code = 'known') AS known
FROM found
