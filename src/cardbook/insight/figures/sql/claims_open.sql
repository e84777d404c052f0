-- Cards of which a source of the opening balance says otherwise than the book, or whose holder one calls dead, and
-- rows nobody could register; each until two people have found out.
CREATE VIEW figures_claims_open WITH (security_invoker = true) AS
SELECT r.* FROM figures_registered r
WHERE r.card_id IN (
    SELECT k.card_id FROM intake_openingclaim k
    WHERE k.differs <> '{}' AND k.settled_at IS NULL AND k.card_id IS NOT NULL
    UNION
    SELECT c.id FROM intake_openingclaim k
    JOIN people_person h ON h.id = k.person_id AND h.said_dead_by <> '' AND h.died_on IS NULL
    JOIN cards_card c ON c.person_id = h.id AND c.stage NOT IN ('cancelled', 'destroyed')
    WHERE k.holder_dead)
UNION ALL
SELECT NULL, NULL, k.person_id, f.county_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, f.posted_at, NULL
FROM intake_openingclaim k JOIN intake_openingsource f ON f.id = k.source_id
WHERE k.card_id IS NULL AND k.settled_at IS NULL;
COMMENT ON VIEW figures_claims_open IS '期初来源与台账登记不一致、来源称持卡人已故而没有日期、一卡多人没有登记的，还没有由两人查明（第六条、第十七条、第二十条）。查明以后不再算，来源的说法仍保留。';
