-- One row for each handling of a wrong card with who did which step when; conditions and order are ours.
SELECT c.id, c.progress, c.card_id, c.person_id, k.number AS card_number, k.stage, k.social, k.bank_last4,
       coalesce(b.name, '') AS bank, m.code AS batch, o.name AS county,
       p.name_sealed, p.number_sealed, p.phone_sealed, p.number_kind,
       d.found, d.found_on, d.wrong_fields, d.fault, d.face_sealed, d.right_sealed, d.proof, d.agent_sealed,
       d.reference, d.entered_on, d.confirmed_on, d.expected_on, d.corrected_on, d.application_id, a.fee_fen,
       born.happened_at AS recorded_at, born.actor_id AS recorder_id, recorder.name AS recorder,
       last.happened_at AS last_at,
       told.happened_at AS told_at, told.facts AS told_facts, told.name AS teller,
       again.happened_at AS rechecked_at, again.name AS rechecker,
       lot.facts AS lot_facts
FROM cards_correction c
JOIN corrections_correctiondetail d ON d.correction_id = c.id
JOIN cards_card k ON k.id = c.card_id
JOIN cards_batch m ON m.id = k.batch_id
JOIN people_person p ON p.id = c.person_id
JOIN orgs_organization o ON o.id = c.county_id
JOIN ledger_event born ON born.subject_kind = 'correction' AND born.subject_id = c.id AND born.seq = 1
JOIN orgs_organization office ON office.id = born.org_id
JOIN orgs_user recorder ON recorder.id = born.actor_id
JOIN ledger_event last ON last.subject_kind = 'correction' AND last.subject_id = c.id AND last.seq = c.version
LEFT JOIN orgs_organization b ON b.id = k.bank_org_id
LEFT JOIN cards_application a ON a.id = d.application_id
LEFT JOIN LATERAL (
    SELECT e.happened_at, e.facts, u.name FROM ledger_event e JOIN orgs_user u ON u.id = e.actor_id
    WHERE e.subject_kind = 'correction' AND e.subject_id = c.id AND e.act = 'error.explain'
    ORDER BY e.seq DESC LIMIT 1
) AS told ON TRUE
LEFT JOIN LATERAL (
    SELECT e.happened_at, u.name FROM ledger_event e JOIN orgs_user u ON u.id = e.actor_id
    WHERE e.subject_kind = 'correction' AND e.subject_id = c.id AND e.act = 'error.recheck'
    ORDER BY e.seq DESC LIMIT 1
) AS again ON TRUE
LEFT JOIN LATERAL (
    SELECT e.facts FROM ledger_event e
    WHERE e.subject_kind = 'card' AND e.subject_id = k.id AND e.act = 'destruction.send'
    ORDER BY e.seq DESC LIMIT 1
) AS lot ON TRUE
WHERE o.path LIKE %(county)s {conditions}
ORDER BY {order}
LIMIT %(limit)s OFFSET %(offset)s
