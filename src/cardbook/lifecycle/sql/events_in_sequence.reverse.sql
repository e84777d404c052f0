DROP FUNCTION event_follows() CASCADE;
DROP FUNCTION promise_is_kept() CASCADE;
