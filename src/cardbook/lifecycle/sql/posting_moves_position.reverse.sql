DROP FUNCTION posting_moves_position() CASCADE;
DROP FUNCTION posting_holds_accounts() CASCADE;
