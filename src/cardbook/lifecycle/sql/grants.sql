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

-- Functions look for tables here and last of all among temporary ones: those come first by themselves, so
-- that a temporary ledger_event would answer a trigger instead of the book, and a trigger on a temporary
-- table would run with the rights of the owner inside a function that has them.
DO $$
DECLARE
    one regprocedure;
BEGIN
    FOR one IN
        SELECT oid FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND proowner = current_user::regrole AND prokind = 'f'
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', one, current_schema());
    END LOOP;
END $$;
