-- A card on a shelf, with its holder or among the defective was received; of the rest the postings tell.
CREATE VIEW figures_received WITH (security_invoker = true) AS
SELECT * FROM figures_registered
WHERE place NOT IN ('outside', 'transit', 'missing') OR received_at IS NOT NULL;
COMMENT ON VIEW figures_received IS '经两人清点、接收进本县区的卡：交接分录里至少有一次进入待分类库、柜内盒位或窗口抽屉，或者现在已在持卡人手中、质量问题卡存放处。只在途、清点短少从未见到的卡不算（第六条）。';
