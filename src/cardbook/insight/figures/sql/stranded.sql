CREATE VIEW figures_stranded WITH (security_invoker = true) AS
SELECT * FROM figures_in_custody;
COMMENT ON VIEW figures_stranded IS '现在仍由机构保管、没有发出的卡，从第一次清点接收那天算起，满所示天数的。换盒、换抽屉不重新起算（第十六条）。分档天数见参数“滞留卡分档”，未经市局确认。';
