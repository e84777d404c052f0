-- Events of a subject are numbered 1, 2, 3 …, and its row's version is the last of them.
WITH event AS (
    SELECT subject_kind AS kind, subject_id AS id, count(*) AS events, max(seq) AS last
    FROM ledger_event GROUP BY subject_kind, subject_id
), subject AS (
    SELECT 'card' AS kind, id, version FROM cards_card
    UNION ALL SELECT 'application', id, version FROM cards_application
    UNION ALL SELECT 'temporary_card', id, version FROM cards_temporarycard
    UNION ALL SELECT 'correction', id, version FROM cards_correction
    UNION ALL SELECT 'mandate', id, version FROM people_mandate
)
SELECT kind, id,
       CASE WHEN event.events IS NULL THEN '没有任何台账记录'
            WHEN event.events <> event.last THEN
                format('台账最后为第 %s 条，只有 %s 条', event.last, event.events)
            WHEN subject.version IS NULL THEN '台账有记录，登记表中没有'
            ELSE format('登记为第 %s 版，台账最后为第 %s 条', subject.version, event.last) END AS said
FROM event FULL JOIN subject USING (kind, id)
WHERE event.events IS DISTINCT FROM event.last
   OR event.last IS DISTINCT FROM subject.version
      AND (kind IN ('card', 'application', 'temporary_card', 'correction', 'mandate') OR subject.version IS NOT NULL)
