CREATE VIEW figures_in_transit WITH (security_invoker = true) AS
SELECT * FROM figures_registered WHERE place = 'transit';
COMMENT ON VIEW figures_in_transit IS '已经发出、对方还没有清点接收的卡，包括清点时短少、还没有说明去向的（第六条）。';
