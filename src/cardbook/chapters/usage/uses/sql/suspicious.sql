-- Uses of a time by whoever should not have had the card: after its holder's death, its cancellation, its
-- loss, while it lay with an office, while it was stopped. How a card stood at a moment is what the last
-- act before that moment left (`effect` says which act leaves what; without a value the act's facts do).
-- A use without a time is held to its whole day: what held at its beginning and at its end counts.
WITH effect (act, region, value) AS (
    SELECT * FROM unnest(%(acts)s::text[], %(regions)s::text[], %(values)s::text[])
),
used AS (
    SELECT u.card_id, u.used_at, u.use_id, u.day_only, c.number, c.stage, c.social, p.died_on,
           p.name_sealed, p.number_sealed, o.name AS county,
           u.used_at + CASE WHEN u.day_only THEN interval '1 day' - interval '1 microsecond'
                            ELSE interval '0' END AS until
    FROM usage_cardused u
    JOIN cards_card c ON c.id = u.card_id
    JOIN people_person p ON p.id = c.person_id
    JOIN orgs_organization o ON o.id = c.county_id
    JOIN custody_position held ON held.card_id = c.id
    WHERE u.used_at >= %(since)s AND u.used_at < %(before)s AND starts_with(o.path, %(within)s)
      AND (%(cards)s::bigint[] IS NULL OR u.card_id = ANY(%(cards)s::bigint[]))
      -- Most uses are a living holder's, of a card never stopped: whose ledger nobody need read.
      AND (p.died_on IS NOT NULL OR u.used_at < held.since OR c.stage <> 'issued'
           OR c.social IN ('cancelled', 'locked') OR c.hold <> 'none'
           OR u.card_id IN (SELECT subject_id FROM ledger_event
                            WHERE subject_kind = 'card' AND act = ANY(%(stops)s)))
),
stood AS (
    SELECT used.*, at.*
    FROM used CROSS JOIN LATERAL (
        SELECT
            (array_agg(said.value ORDER BY e.seq DESC) FILTER (WHERE f.region = 'stage' AND e.happened_at <= used.used_at))[1] AS stage_from,
            (array_agg(said.value ORDER BY e.seq DESC) FILTER (WHERE f.region = 'stage'))[1] AS stage_until,
            (array_agg(said.value ORDER BY e.seq DESC) FILTER (WHERE f.region = 'social' AND e.happened_at <= used.used_at))[1] AS social_from,
            (array_agg(said.value ORDER BY e.seq DESC) FILTER (WHERE f.region = 'social'))[1] AS social_until,
            (array_agg(CASE WHEN said.lapses <= used.used_at THEN 'none' ELSE said.value END ORDER BY e.seq DESC)
                FILTER (WHERE f.region = 'hold' AND e.happened_at <= used.used_at))[1] AS hold_from,
            (array_agg(CASE WHEN said.lapses <= used.until THEN 'none' ELSE said.value END ORDER BY e.seq DESC)
                FILTER (WHERE f.region = 'hold'))[1] AS hold_until
        FROM ledger_event e
        JOIN effect f ON f.act = e.act
        CROSS JOIN LATERAL (
            SELECT coalesce(nullif(f.value, ''), e.facts::jsonb ->> f.region) AS value,
                   CASE WHEN f.region = 'hold' THEN (e.facts::jsonb ->> 'hold_until')::timestamptz END AS lapses
        ) said
        WHERE e.subject_kind = 'card' AND e.subject_id = used.card_id AND e.happened_at <= used.until
    ) at
),
judged AS (
    SELECT stood.*,
           CASE
               WHEN died_on < (used_at AT TIME ZONE 'Asia/Shanghai')::date THEN 'dead'
               WHEN (social_from = 'cancelled' AND social_until = 'cancelled')
                 OR (stage_from IN ('cancelled', 'destroyed') AND stage_until IN ('cancelled', 'destroyed')) THEN 'cancelled'
               WHEN hold_from IN ('oral_loss', 'formal_loss') AND hold_until IN ('oral_loss', 'formal_loss') THEN 'lost'
               WHEN stage_from <> 'issued' AND stage_until <> 'issued' THEN 'custody'
               WHEN social_from = 'locked' AND social_until = 'locked' THEN 'stopped'
           END AS reason
    FROM stood
)
SELECT j.card_id, j.number, j.used_at, j.day_only, j.reason, j.county, j.stage, j.social, j.name_sealed, j.number_sealed,
       u.name AS use, a.name AS agency
FROM judged j
JOIN usage_carduse u ON u.id = j.use_id
JOIN orgs_organization a ON a.id = u.agency_id
WHERE j.reason IS NOT NULL AND (%(reason)s = '' OR j.reason = %(reason)s)
ORDER BY {order}
LIMIT %(limit)s
