CREATE VIEW figures_issued WITH (security_invoker = true) AS
SELECT * FROM figures_registered WHERE place = 'holder';
COMMENT ON VIEW figures_issued IS '现在登记在持卡人手中的卡。按日期数时，用办理时填的发放时间，不用补录的时间。误登后撤销的、发出后又收回的不算（第八条）。';
