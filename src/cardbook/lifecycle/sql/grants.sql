-- The application's role: reads and adds, changes current state, and never touches what was written.
-- :app is replaced by the quoted role name, :tables and :sequences by our own. Run by the owner after every migration.
GRANT USAGE ON SCHEMA :schema TO :app;
GRANT SELECT, INSERT, UPDATE ON :tables TO :app;
GRANT USAGE, SELECT ON :sequences TO :app;
-- Nothing is deleted but from these: drafts and scans before they are entered, files nobody entered and
-- what was staged of them, plans that change before their day, and what the libraries keep for a while
-- (sessions, jobs, failed logins, second factors). Every other table refuses.
REVOKE DELETE, TRUNCATE ON :tables FROM :app;
GRANT DELETE ON
    intake_count, intake_countscan, intake_handdownscan, intake_handdownwhole, stranded_arrivalscan,
    stranded_returnline, issuance_bundle, issuance_bundlerow, issuance_bundlepage,
    safekeeping_stocktake, safekeeping_scan, safekeeping_holding,
    imports_importfile, imports_problem, imports_run,
    intake_manifestrow, intake_openingrow, usage_userow, usage_transferrow, usage_leavingrow,
    orgs_organizationstate, people_pickup, ledger_promise,
    django_session, cardbook_cache, web_answer, mfa_authenticator,
    procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers
TO :app;
-- What was written stays as it was written; positions, sums and search keys are kept by triggers alone.
REVOKE UPDATE ON ledger_event, ledger_seal, ledger_checkpoint, custody_movement,
    custody_posting, papers_paper, registers_issueddocument, usage_statusasked, usage_cardused,
    liability_look, liability_lookalarm FROM :app;
REVOKE INSERT, UPDATE ON custody_position, custody_tally, cards_searchkey FROM :app;
REVOKE INSERT, UPDATE ON django_migrations FROM :app;

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
