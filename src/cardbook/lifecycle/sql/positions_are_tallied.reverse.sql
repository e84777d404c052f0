DROP FUNCTION merge_tally();
DROP TRIGGER moved_positions_are_tallied ON custody_position;
DROP TRIGGER new_positions_are_tallied ON custody_position;
DROP FUNCTION moved_positions_are_tallied();
DROP FUNCTION new_positions_are_tallied();
DELETE FROM custody_tally;
