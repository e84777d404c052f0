DROP FUNCTION forget_looks(int);
DROP TRIGGER look_alarm_refuses_change ON liability_lookalarm;
DROP TRIGGER look_refuses_change ON liability_look;
