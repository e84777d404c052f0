DROP FUNCTION come_into_force(date);
