DROP FUNCTION posting_finds_all() CASCADE;
DROP TRIGGER account_refuses_delete ON custody_account;
DROP TRIGGER account_keeps_its_id ON custody_account;
