DROP TRIGGER correction_promise_is_kept ON ledger_promise;
DROP FUNCTION correction_promise_is_kept();
DROP TRIGGER correction_refuses_delete ON cards_correction;
DROP TRIGGER correction_follows_ledger ON cards_correction;
DROP TRIGGER correction_born_with_event ON cards_correction;
