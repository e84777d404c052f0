-- A county's cards in the post, each with the newest posting: its parcel, its day, its office.
SELECT c.id AS card_id, c.number, h.name_sealed, h.number_sealed,
       e.facts::jsonb ->> 'parcel' AS parcel, e.happened_at AS posted_at, eo.name AS office,
       u.name AS actor
FROM custody_position p
JOIN custody_account a ON a.id = p.account_id AND a.kind = 'post'
JOIN orgs_organization o ON o.id = a.organization_id AND o.path LIKE %(county)s
JOIN cards_card c ON c.id = p.card_id
JOIN people_person h ON h.id = c.person_id
JOIN LATERAL (
    SELECT x.facts, x.happened_at, x.org_id, x.actor_id FROM ledger_event x
    WHERE x.subject_kind = 'card' AND x.subject_id = c.id AND x.act = 'card.post'
    ORDER BY x.seq DESC LIMIT 1
) AS e ON TRUE
JOIN orgs_organization eo ON eo.id = e.org_id
JOIN orgs_user u ON u.id = e.actor_id
WHERE %(ids)s::bigint[] IS NULL OR c.id = ANY(%(ids)s::bigint[])
