DROP FUNCTION state_follows_ledger() CASCADE;
