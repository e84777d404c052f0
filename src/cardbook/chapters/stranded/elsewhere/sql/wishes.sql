-- The newest wish of each card within sight, and what became of it. A wish is met when the card is
-- with, or on its way to, the office its holder named, or who carries on for it; it is taken up again
-- when the card is not.
WITH asked AS (
    SELECT DISTINCT ON (e.subject_id)
           e.subject_id, e.seq, e.happened_at, e.facts::jsonb AS facts, e.actor_id, e.org_id
    FROM ledger_event e
    WHERE e.act = 'card.ask_outlet' AND e.subject_kind = 'card'
    ORDER BY e.subject_id, e.seq DESC
), wishes AS (
    SELECT c.id, c.number, c.person_id, a.kind AS place, a.organization_id AS office_id,
           o.name AS office, asked.happened_at AS asked_at,
           asked.facts ->> 'asked_by' AS asked_by, asked.facts ->> 'via' AS via,
           asked.facts ->> 'words' AS words, w.id AS wished_id,
           u.name AS actor, taken.name AS taken_at, w.code AS wished_code, w.name AS wished,
           declined.facts::jsonb ->> 'words' AS why, declined.happened_at AS declined_at,
           CASE WHEN declined.facts IS NOT NULL THEN 'declined'
                WHEN c.stage <> 'in_custody' THEN 'ended'
                WHEN a.organization_id = w.id THEN 'there'
                ELSE 'open' END AS state
    FROM asked
    JOIN cards_card c ON c.id = asked.subject_id
    JOIN custody_position p ON p.card_id = c.id
    JOIN custody_account a ON a.id = p.account_id
    JOIN orgs_organization o ON o.id = a.organization_id
    JOIN LATERAL (
        WITH RECURSIVE later(id, step) AS (
            SELECT (asked.facts ->> 'wished')::bigint, 0
            UNION
            SELECT s.successor_id, later.step + 1 FROM later
            JOIN orgs_succession s ON s.predecessor_id = later.id AND s.whole AND later.step < 20
        )
        SELECT l.id, l.code, l.name FROM later JOIN orgs_organization l ON l.id = later.id
        ORDER BY l.in_force DESC, later.step DESC LIMIT 1
    ) w ON true
    JOIN orgs_user u ON u.id = asked.actor_id
    JOIN orgs_organization taken ON taken.id = asked.org_id
    LEFT JOIN LATERAL (
        SELECT d.facts, d.happened_at FROM ledger_event d
        WHERE d.subject_kind = 'card' AND d.subject_id = asked.subject_id AND d.seq > asked.seq
          AND d.act = 'card.decline_outlet'
        ORDER BY d.seq DESC LIMIT 1
    ) declined ON true
    WHERE (o.path LIKE %(within)s OR c.county_id = %(home)s)
      AND (%(office)s::bigint IS NULL OR a.organization_id = %(office)s)
      AND (%(cards)s::bigint[] IS NULL OR c.id = ANY(%(cards)s::bigint[]))
)
SELECT * FROM wishes WHERE %(state)s = '' OR state = %(state)s
ORDER BY asked_at, id
