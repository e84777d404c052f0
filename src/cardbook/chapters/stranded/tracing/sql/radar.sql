-- How many cards wait under each office below the chosen one, by age band: one pass over the index
-- of (place, since), one step for each place, never over the cards people took home.
SELECT split_part(o.path, '.', %(depth)s) AS head, counted.band, sum(counted.cards)::bigint AS cards
FROM orgs_organization o
JOIN custody_account a ON a.organization_id = o.id AND a.kind = ANY(%(kinds)s)
CROSS JOIN LATERAL (
    SELECT width_bucket(p.since, %(edges)s::timestamptz[]) AS band, count(*) AS cards
    FROM custody_position p WHERE p.account_id = a.id
    GROUP BY 1
) AS counted
WHERE o.path LIKE %(within)s AND o.path LIKE %(under)s
GROUP BY 1, 2
