DROP FUNCTION posting_moves_position() CASCADE;
DROP FUNCTION card_has_place() CASCADE;
