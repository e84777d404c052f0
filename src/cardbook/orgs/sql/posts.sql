-- The posts a person holds on a day, oldest first, and whether a planned change is due (ADR 0015).
SELECT u.id, COALESCE(NULLIF(u.name, ''), u.username), p.id, p.role, o.id, o.name, o.path,
    o.kind, c.id, c.path,
    EXISTS (SELECT FROM orgs_plannedchange
        WHERE NOT came AND withdrawn_at IS NULL AND "on" <= %(on)s::date)
FROM orgs_post p
JOIN orgs_user u ON u.id = p.user_id AND u.is_active
JOIN orgs_organization o ON o.id = p.organization_id
LEFT JOIN orgs_organization c ON c.id = o.county_id
WHERE p.user_id = %(user)s AND p.since <= %(on)s::date
    AND (p.until IS NULL OR p.until > %(on)s::date)
    AND (o.valid_to IS NULL OR o.valid_to > %(on)s::date)
ORDER BY p.since, p.id
