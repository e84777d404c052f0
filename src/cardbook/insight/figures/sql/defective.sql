CREATE VIEW figures_defective WITH (security_invoker = true) AS
SELECT * FROM figures_registered WHERE place = 'defect';
COMMENT ON VIEW figures_defective IS '因卡面污损、残缺不能辨认、不能读写而收回，现在放在质量问题卡存放处的卡（第九条）。';
