-- The application's role: reads and adds, changes current state, and never touches what was written.
-- :app is replaced by the quoted role name, :tables and :sequences by our own. Run by the owner after every migration.
GRANT USAGE ON SCHEMA :schema TO :app;
GRANT SELECT, INSERT, UPDATE, DELETE ON :tables TO :app;
GRANT USAGE, SELECT ON :sequences TO :app;
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_event, ledger_seal, ledger_checkpoint, custody_movement,
    custody_posting, papers_paper, registers_issueddocument, usage_statusasked, usage_cardused FROM :app;
REVOKE DELETE, TRUNCATE ON ledger_request FROM :app;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON custody_position, custody_tally, cards_searchkey FROM :app;
REVOKE DELETE, TRUNCATE ON cards_card, cards_application, cards_temporarycard, cards_correction,
    people_person, people_mandate, outbox_message, usage_statustoooften FROM :app;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON django_migrations FROM :app;
