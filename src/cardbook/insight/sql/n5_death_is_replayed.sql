-- The day of death a person carries is what was last recorded on one of his cards, or nothing when that was
-- taken back (Art. 17, 29). A day that came in with the opening balance stands until somebody says otherwise.
SELECT 'person' AS kind, h.id,
       format('现登记死亡日期为%s，台账记录 %s 为%s',
              coalesce(h.died_on::text, '空'), said.event, coalesce(said.died_on::text, '空')) AS said
FROM (SELECT DISTINCT ON (c.person_id) c.person_id, e.id AS event, (e.facts::json->>'died_on')::date AS died_on
      FROM ledger_event e JOIN cards_card c ON c.id = e.subject_id
      WHERE e.subject_kind = 'card' AND e.act IN ('holder.note_death', 'holder.undo_death')
      ORDER BY c.person_id, e.id DESC) said
JOIN people_person h ON h.id = said.person_id
WHERE h.died_on IS DISTINCT FROM said.died_on
