-- Whoever received a card was identified by an original and signed (Art. 8 para. 4). The facts are
-- canonical JSON, so their text is compared as it stands.
SELECT e.subject_kind AS kind, e.subject_id AS id,
       format('台账记录 %s：没有查验证件原件，或没有签字', e.id) AS said
FROM ledger_event e
WHERE e.act IN ($signed_acts)
  AND (e.facts NOT LIKE '%"original_seen":true%' OR e.facts NOT LIKE '%"signing":"%'
       OR e.facts LIKE '%"signing":"none"%')
