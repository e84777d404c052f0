-- Every row becomes a claim, kept beside what other sources say. A card that this file brought agrees with it,
-- save that nobody believes two cards of one person to be in use.
INSERT INTO intake_openingclaim (
    source_id, row, card_number, card_id, person_id, name_sealed, name_key, stage, social, hold,
    bank, place, place_text, inferred, slot, account_id, claimed_on, activated_on, lost_on,
    holder_dead, died_on, valid, registered, differs)
SELECT %(source_id)s, s.row, s.card_number, c.card_id, p.id, s.name_sealed, s.name_key, s.stage,
       s.social, s.hold, s.bank, s.place, s.place_text, s.inferred, s.slot, a.id, s.claimed_on,
       s.activated_on, s.lost_on, s.holder_dead, s.died_on, s.valid,
       b.row IS NOT NULL, coalesce(c.differs, '{{}}')
FROM intake_openingrow s
JOIN people_person p ON p.number_index = s.number_index
LEFT JOIN opening_birth b USING (row)
LEFT JOIN ({compared}) AS c USING (row)
LEFT JOIN custody_account a
  ON a.kind = s.place AND a.code = s.box_code
 AND a.organization_id = CASE WHEN s.place IN ('holder', 'missing', 'destroyed')
                              THEN %(county)s ELSE s.office_id END
WHERE s.file_id = %(file)s
ORDER BY s.row
