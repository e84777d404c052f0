-- Everything the table of acts may ask about cards; which ones is said behind it.
SELECT c.id, c.version, c.stage, c.social, c.hold, c.bank, c.number, c.county_id, c.person_id, c.hold_until,
       h.born_on, h.died_on, h.said_dead_by, p.account_id, p.slot, a.kind AS place, a.code AS place_code, m.act AS came_by,
       m.happened_at AS came_at,
       CASE WHEN c.stage = 'issued' THEN
           (SELECT giver.name FROM ledger_event given JOIN orgs_organization giver ON giver.id = given.org_id
            WHERE given.subject_kind = 'card' AND given.subject_id = c.id
              AND given.batch = m.batch AND given.act = m.act LIMIT 1) END AS given_by,
       o.path AS custodian_path, o.name AS custodian_name, o.id AS custodian_id, o.county_id AS custodian_county_id,
       e.id AS last_event, e.act AS last_act, e.happened_at AS last_happened_at, e.recorded_at AS last_at,
       eo.name AS last_org, u.name AS last_actor,
       coalesce((SELECT t.number FROM cards_temporarycard t
                 WHERE t.person_id = c.person_id AND t.stage = 'lent' AND NOT t.excused LIMIT 1), '')
           AS temporary_out,
       b.path AS bank_path,
       (SELECT r.progress FROM cards_application r WHERE r.old_card_id = c.id AND r.progress <> 'withdrawn'
        ORDER BY r.id DESC LIMIT 1) AS replacement,
       (SELECT old.number FROM cards_application r JOIN cards_card old ON old.id = r.old_card_id
        WHERE r.person_id = c.person_id AND r.progress NOT IN ('collected', 'withdrawn')
          AND old.id <> c.id AND old.stage = 'issued' AND old.social <> 'cancelled' LIMIT 1) AS old_card_out,
       (SELECT other.number FROM cards_card other
        WHERE other.person_id = c.person_id AND other.id <> c.id AND other.social IN ('active', 'locked')
        LIMIT 1) AS other_card
FROM cards_card c
JOIN people_person h ON h.id = c.person_id
JOIN custody_position p ON p.card_id = c.id
JOIN custody_account a ON a.id = p.account_id
JOIN custody_movement m ON m.id = p.movement_id
JOIN orgs_organization o ON o.id = a.organization_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
JOIN ledger_event e ON e.subject_kind = 'card' AND e.subject_id = c.id AND e.seq = c.version
JOIN orgs_organization eo ON eo.id = e.org_id
JOIN orgs_user u ON u.id = e.actor_id
