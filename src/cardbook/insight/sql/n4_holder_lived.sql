-- Nobody received a card on or after the day of his recorded death: the day he signed, or else the day it
-- was given (Art. 17). An issue that was taken back by a later act does not count, nor one that was written
-- down before anybody told the book of the death: that is asked about, and no promise broken.
SELECT e.subject_kind AS kind, e.subject_id AS id,
       format('台账记录 %s 于 %s 发放，持卡人登记为 %s 去世', e.id, given.day, h.died_on) AS said
FROM people_person h
JOIN cards_card c ON c.person_id = h.id
JOIN ledger_event e ON e.subject_kind = 'card' AND e.subject_id = c.id
JOIN (VALUES $given_acts) AS gives(act, day) ON gives.act = e.act
CROSS JOIN LATERAL (SELECT coalesce(
    (e.facts::json->>gives.day)::date, (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date) AS day) AS given
WHERE h.died_on IS NOT NULL AND given.day >= h.died_on
  AND NOT EXISTS (
      SELECT FROM ledger_event u
      WHERE u.subject_kind = 'card' AND u.subject_id = c.id AND u.act IN ($undoing_acts)
        AND (u.facts::json->>'event')::bigint = e.id)
  AND NOT EXISTS (
      SELECT FROM ledger_event d JOIN cards_card own ON own.id = d.subject_id
      WHERE d.subject_kind = 'card' AND d.act = 'holder.note_death' AND own.person_id = h.id AND d.id > e.id)
