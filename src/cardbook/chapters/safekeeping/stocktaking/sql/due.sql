-- Places that hold cards and were not counted for longer than the cycle (Art. 20): since the last
-- ended stock-take that covered them, or since the first card that lies there now came to
-- the office: from another of its shelves it comes uncounted.
SELECT a.id, a.kind, a.code, o.id AS office_id, o.name AS office, last.at AS counted_at,
    coalesce(last.at, first.since) AS since
FROM custody_account a
JOIN orgs_organization o ON o.id = a.organization_id
JOIN LATERAL (
    SELECT p.since FROM custody_position p WHERE p.account_id = a.id ORDER BY p.since LIMIT 1
) AS first ON true
LEFT JOIN LATERAL (
    SELECT max(t.ended_at) AS at
    FROM safekeeping_stocktake t JOIN orgs_organization c ON c.id = t.organization_id
    WHERE t.ended_at IS NOT NULL AND CASE t.scope
        WHEN 'place' THEN t.account_id = a.id
        WHEN 'office' THEN t.organization_id = a.organization_id
        ELSE o.path LIKE c.path || '%%' END
) AS last ON true
WHERE a.kind = ANY(%(kept)s) AND o.path LIKE %(county)s
    AND coalesce(last.at, first.since) < %(before)s
ORDER BY coalesce(last.at, first.since), o.code, a.kind, a.code, a.id
LIMIT %(limit)s
