-- One row for each open application; the card is the old one it replaces.
CREATE VIEW figures_replacements WITH (security_invoker = true) AS
SELECT q.old_card_id AS card_id, q.id AS application_id, q.person_id, q.county_id, a.organization_id AS office_id,
       a.kind AS place, p.account_id, p.slot, c."group" AS people, c.town_id, c.bank_org_id AS bank_id,
       e.happened_at AS since, NULL::timestamptz AS received_at
FROM cards_application q
LEFT JOIN ledger_event e ON e.subject_kind = 'application' AND e.subject_id = q.id AND e.seq = 1
LEFT JOIN cards_card c ON c.id = q.old_card_id
LEFT JOIN custody_position p ON p.card_id = c.id
LEFT JOIN custody_account a ON a.id = p.account_id
WHERE q.progress NOT IN ('collected', 'withdrawn');
COMMENT ON VIEW figures_replacements IS '已经开具、还没有领到新卡也没有撤回的补换申请，一件一行（第九条、第二十五条）。';
