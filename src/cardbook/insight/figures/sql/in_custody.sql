CREATE VIEW figures_in_custody WITH (security_invoker = true) AS
SELECT * FROM figures_registered WHERE place IN ('store', 'box', 'drawer');
COMMENT ON VIEW figures_in_custody IS '现在由机构保管、可以发放的卡：在待分类库、柜内盒位或窗口抽屉里（第二十条）。';
