-- The cards that wait longest (or shortest) under an office within a band: each place gives its
-- first few from the index of (place, since, card), the rest is never read. Of the outlets of banks
-- those of the county `home` belong to it, which they lie outside of.
SELECT found.card_id, found.since
FROM (
    SELECT first.card_id, first.since
    FROM orgs_organization o
    JOIN custody_account a ON a.organization_id = o.id AND a.kind = ANY(%(kinds)s)
    CROSS JOIN LATERAL (
        SELECT p.card_id, p.since FROM custody_position p
        WHERE p.account_id = a.id AND p.since >= %(from)s AND p.since < %(to)s
        ORDER BY p.since {way}, p.card_id {way} LIMIT %(upto)s
    ) AS first
    WHERE o.path LIKE %(within)s AND o.path LIKE %(under)s
    UNION ALL
    SELECT p.card_id, p.since
    FROM orgs_organization o
    JOIN custody_account a ON a.organization_id = o.id AND a.kind = ANY(%(kinds)s)
    JOIN custody_position p ON p.account_id = a.id AND p.since >= %(from)s AND p.since < %(to)s
    JOIN cards_card k ON k.id = p.card_id AND k.county_id = %(home)s
    WHERE o.kind IN ('bank', 'branch') AND o.id = coalesce(%(outlet)s, o.id)
) AS found
ORDER BY found.since {way}, found.card_id {way}
LIMIT %(limit)s OFFSET %(offset)s
