-- The last finding in a span of time about each card an office and all below it examined: when it was taken
-- back, or when it was replaced at the window (Art. 9). A replacement that was withdrawn is no finding.
-- What an outlet of a bank found, which lies in no county, its card's county examines as its own.
SELECT DISTINCT ON (card_id) * FROM (
    SELECT e.id, e.happened_at, e.facts, e.actor_id, e.org_id, e.subject_id AS card_id
    FROM ledger_event e
    WHERE e.act = 'defect.record' AND e.subject_kind = 'card'
    UNION ALL
    SELECT e.id, e.happened_at, e.facts, e.actor_id, e.org_id, app.old_card_id
    FROM ledger_event e JOIN cards_application app ON app.id = e.subject_id
    WHERE e.act = 'replacement.capture_free' AND e.subject_kind = 'application'
      AND e.facts::jsonb ->> 'defect' IS NOT NULL AND app.progress <> 'withdrawn'
) examined
WHERE (org_id IN (SELECT id FROM orgs_organization WHERE path LIKE %(office)s)
       OR org_id IN (SELECT id FROM orgs_organization WHERE kind IN ('bank', 'branch'))
          -- Card by card: there are few, and a county has half a million others.
          AND (SELECT c.county_id FROM cards_card c WHERE c.id = card_id)
              IN (SELECT id FROM orgs_organization WHERE path LIKE %(office)s))
  AND (%(since)s::timestamptz IS NULL OR happened_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR happened_at < %(until)s)
ORDER BY card_id, happened_at DESC, id DESC
