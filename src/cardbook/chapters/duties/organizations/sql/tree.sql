-- The tree as of a day: which offices there were, what they were called, under whom they stood. An office
-- without states was always as it is now.
WITH RECURSIVE standing AS (
    SELECT o.id, o.code, o.kind, o.valid_to, o.name AS now_named, o.path,
           coalesce(s.name, o.name) AS name,
           CASE WHEN s.id IS NULL THEN o.parent_id ELSE s.parent_id END AS parent_id
    FROM orgs_organization o
    LEFT JOIN orgs_organizationstate s
           ON s.organization_id = o.id AND s.since <= %(on)s
          AND (s.until IS NULL OR s.until > %(on)s)
    WHERE o.valid_from <= %(on)s AND (o.valid_to IS NULL OR o.valid_to > %(on)s)
), placed AS (
    SELECT standing.*, 0 AS depth, ARRAY[standing.code::text] AS line
    FROM standing LEFT JOIN standing up ON up.id = standing.parent_id WHERE up.id IS NULL
    UNION ALL
    SELECT standing.*, placed.depth + 1, placed.line || standing.code::text
    FROM standing JOIN placed ON placed.id = standing.parent_id
)
SELECT id, code, name, kind, depth, valid_to, now_named
FROM placed WHERE path LIKE %(within)s ORDER BY line
