DROP TRIGGER mandate_promise_is_kept ON ledger_promise;
DROP FUNCTION mandate_promise_is_kept();
DROP TRIGGER mandate_refuses_delete ON people_mandate;
DROP TRIGGER mandate_follows_ledger ON people_mandate;
DROP TRIGGER mandate_born_with_event ON people_mandate;
