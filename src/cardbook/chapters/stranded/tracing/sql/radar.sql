-- How many cards wait under each office below the chosen one, by how long: one step through the index
-- of (place, since) for each place, never over the cards people took home. Column n counts the cards
-- that are there at least as long as edge n; edges rise from the youngest.
SELECT split_part(o.path, '.', %(depth)s) AS head, {sums}
FROM orgs_organization o
JOIN custody_account a ON a.organization_id = o.id AND a.kind = ANY(%(kinds)s)
CROSS JOIN LATERAL (
    SELECT {counts} FROM custody_position p WHERE p.account_id = a.id
) AS counted
WHERE o.path LIKE %(within)s AND o.path LIKE %(under)s
GROUP BY 1
