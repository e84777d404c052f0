-- The cards of one act on their way through the door: who did what to which, and where they go.
CREATE TEMPORARY TABLE IF NOT EXISTS mass_step (
    card_id bigint, seq int, batch uuid, happened_at timestamptz, actor_id bigint, second_id bigint,
    post_id bigint, org_id bigint, facts text, source_id bigint, target_id bigint, slot int
) ON COMMIT DELETE ROWS
