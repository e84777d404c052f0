-- The rows of offices with a planned change that is due say from now on what their days say of `asked`:
-- name, parent, paths, in force or not (docs/adr/0015). Of two who come at once the second waits for the
-- first and finds nothing left. Nothing is decided here, so there is no event: it was written when ordered.
CREATE FUNCTION come_into_force(asked date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    plan record;
    old_path text;
    new_path text;
BEGIN
    FOR plan IN
        SELECT p.id, p."on" AS day, p.organization_id AS office FROM orgs_plannedchange p
        WHERE NOT p.came AND p.withdrawn_at IS NULL AND p."on" <= asked ORDER BY p."on", p.id FOR UPDATE
    LOOP
        PERFORM FROM orgs_organization WHERE id = plan.office FOR UPDATE;
        UPDATE orgs_organization o
        SET in_force = o.valid_from <= plan.day AND (o.valid_to IS NULL OR o.valid_to > plan.day)
        WHERE o.id = plan.office;
        SELECT o.path, up.path || o.id || '.' INTO old_path, new_path
        FROM orgs_organization o
        JOIN orgs_organizationstate s ON s.organization_id = o.id AND s.since <= plan.day
             AND (s.until IS NULL OR s.until > plan.day)
        JOIN orgs_organization up ON up.id = s.parent_id
        WHERE o.id = plan.office;
        UPDATE orgs_organization o SET name = s.name, parent_id = s.parent_id
        FROM orgs_organizationstate s
        WHERE o.id = plan.office AND s.organization_id = o.id AND s.since <= plan.day
          AND (s.until IS NULL OR s.until > plan.day);
        UPDATE orgs_organization SET path = new_path || substr(path, length(old_path) + 1)
        WHERE new_path <> old_path AND starts_with(path, old_path);
        UPDATE orgs_plannedchange SET came = true WHERE id = plan.id;
    END LOOP;
END $$;
