-- How many cards wait under each office below the chosen one, by how long, from the sums kept of each
-- place and day, never over the cards themselves. Column n counts the cards that are there at least as
-- long as edge n, a midnight of the city; edges rise from the youngest. What outlets of banks have of a
-- county (`home`), which they lie outside of, counts by outlet, card by card.
SELECT counted.head, {sums}
FROM (
    SELECT split_part(o.path, '.', %(depth)s) AS head, lying.*
    FROM orgs_organization o
    JOIN custody_account a ON a.organization_id = o.id AND a.kind = ANY(%(kinds)s)
    CROSS JOIN LATERAL (
        SELECT {kept} FROM custody_tally t WHERE t.account_id = a.id
    ) AS lying
    WHERE o.path LIKE %(within)s AND o.path LIKE %(under)s
    UNION ALL
    SELECT CASE WHEN o.id = %(outlet)s THEN '' ELSE o.id::text END AS head, {counts}
    FROM orgs_organization o
    JOIN custody_account a ON a.organization_id = o.id AND a.kind = ANY(%(kinds)s)
    JOIN custody_position p ON p.account_id = a.id
    JOIN cards_card k ON k.id = p.card_id AND k.county_id = %(home)s
    WHERE o.kind IN ('bank', 'branch') AND o.id = coalesce(%(outlet)s, o.id)
    GROUP BY o.id
) AS counted
GROUP BY 1
