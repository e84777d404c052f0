-- The cards that come into being, with everything decided: one row for each number the book does not know and
-- the file gives to one person only. Of two cards of a person that are both said to be in use neither is
-- believed: their social function is unknown until somebody finds out (Art. 22; one card a person). So is that
-- of a card in use which its own row calls invalid, and of a cancelled one called valid.
CREATE TEMPORARY TABLE opening_birth ON COMMIT DROP AS
WITH single AS (
    SELECT card_number FROM intake_openingrow WHERE file_id = %(file)s
    GROUP BY card_number HAVING count(DISTINCT number_index) = 1
), fresh AS (
    SELECT s.*, p.id AS person_id,
           count(*) FILTER (WHERE s.social IN ('active', 'locked')) OVER (PARTITION BY p.id) > 1
           OR EXISTS (SELECT FROM cards_card x WHERE x.person_id = p.id
                      AND x.social IN ('active', 'locked')) AS disputed
    FROM intake_openingrow s
    JOIN single USING (card_number)
    JOIN people_person p ON p.number_index = s.number_index
    LEFT JOIN cards_card c ON c.number = s.card_number
    WHERE s.file_id = %(file)s AND c.id IS NULL
), decided AS (
    SELECT f.*, CASE WHEN f.stage = '' THEN 'missing' ELSE f.stage END AS now_stage,
           CASE WHEN f.stage = 'in_custody' THEN 'sealed'
                WHEN f.stage IN ('cancelled', 'destroyed') THEN 'cancelled'
                WHEN f.social = '' OR f.disputed AND f.social IN ('active', 'locked')
                     OR f.valid_doubted AND f.social IN ('active', 'cancelled') THEN 'unknown'
                ELSE f.social END AS now_social,
           CASE WHEN f.hold = '' THEN 'none' ELSE f.hold END AS now_hold,
           CASE WHEN f.bank = '' THEN 'unknown' ELSE f.bank END AS now_bank
    FROM fresh f
)
SELECT d.row, d.card_number, d.person_id, m.id AS batch_id, b.id AS bank_org_id,
       d.bank_account_sealed, d.bank_last4, d."group", d.unit_code, d.unit_name, t.id AS town_id,
       d.account_key, d.village, d.now_stage, d.now_social, d.now_hold, d.now_bank, d.hold_until,
       CASE WHEN d.now_bank = 'unknown' THEN '' ELSE %(source)s END AS bank_source,
       CASE WHEN d.now_bank = 'unknown' THEN NULL ELSE %(as_of_at)s::timestamptz END AS bank_as_of,
       coalesce(d.claimed_on::timestamp AT TIME ZONE 'Asia/Shanghai', %(as_of_at)s) AS claimed_at,
       a.id AS target_id, CASE WHEN d.place = 'box' THEN d.slot END AS slot,
       '{"activated_on":' || coalesce('"' || d.activated_on || '"', 'null')
       || ',"as_of":"' || %(as_of)s || '","bank":"' || d.now_bank
       || '","dated":' || CASE WHEN d.claimed_on IS NULL THEN 'false' ELSE 'true' END
       || ',"file":"' || %(digest)s || '","hold":"' || d.now_hold
       || '","inferred":' || CASE WHEN d.inferred THEN 'true' ELSE 'false' END
       || ',"lost_on":' || coalesce('"' || d.lost_on || '"', 'null')
       || ',"place":' || to_json(d.place_text::text)::text || ',"row":' || d.row
       || ',"social":"' || d.now_social || '","source":' || to_json(%(source)s::text)::text || '}'
           AS facts
FROM decided d
LEFT JOIN orgs_organization b ON b.kind = 'bank' AND b.name = d.bank_name
JOIN cards_batch m ON m.code = d.batch_code AND m.bank_id IS NOT DISTINCT FROM b.id
LEFT JOIN orgs_organization t ON t.kind = 'town' AND t.county_id = %(county)s
                             AND t.name = d.town_name
JOIN custody_account a
  ON a.kind = CASE WHEN d.place = '' THEN 'missing' ELSE d.place END
 AND a.organization_id = CASE WHEN d.place IN ('holder', 'missing', 'destroyed', '')
                              THEN %(county)s ELSE d.office_id END
 AND a.code = d.box_code
