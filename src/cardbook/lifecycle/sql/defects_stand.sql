-- What the table of acts says since then: a finding of a defect stands in the card's hold and is not lifted,
-- and a cancelled card keeps what stopped it (Art. 9, 18). The events are as they were; only what follows
-- from them is written out, so no event goes with it.
ALTER TABLE cards_card DISABLE TRIGGER card_follows_ledger;
UPDATE cards_card c SET hold = last.hold, hold_until = NULL
FROM (
    SELECT DISTINCT ON (e.subject_id) e.subject_id,
           CASE e.act WHEN 'error.record' THEN 'error' WHEN 'error.lift' THEN 'none'
                      WHEN 'error.lift_in_use' THEN 'none' ELSE 'defect' END AS hold
    FROM ledger_event e
    WHERE e.subject_kind = 'card'
      AND e.act IN ('defect.record', 'stock.damage', 'error.record', 'error.lift', 'error.lift_in_use')
    ORDER BY e.subject_id, e.seq DESC
) last
WHERE c.id = last.subject_id AND c.stage <> 'destroyed' AND c.hold = 'none' AND last.hold <> 'none';
ALTER TABLE cards_card ENABLE TRIGGER card_follows_ledger;
