-- The last closed count of each box of a delivery, with the batches in the box and what became of cards
-- that were short: still in transit, found after all, or missing.
WITH last AS (
    SELECT DISTINCT ON (n.box_id) n.*, count(*) OVER (PARTITION BY n.box_id) AS times
    FROM intake_count n
    JOIN intake_deliverybox b ON b.id = n.box_id AND b.delivery_id = %(delivery)s
    WHERE n.closed_at IS NOT NULL
    ORDER BY n.box_id, n.closed_at DESC, n.id DESC
), lines AS (
    SELECT l.box_id, string_agg(DISTINCT m.code, '、' ORDER BY m.code) AS batches,
           count(*) FILTER (WHERE a.kind = 'transit') AS waiting,
           count(*) FILTER (WHERE a.kind = 'missing') AS missing,
           count(*) FILTER (WHERE EXISTS (
               SELECT FROM ledger_event e WHERE e.subject_kind = 'card'
               AND e.subject_id = l.card_id AND e.act = 'delivery.explain_found')) AS recovered
    FROM intake_deliveryline l
    JOIN intake_deliverybox b ON b.id = l.box_id AND b.delivery_id = %(delivery)s
    JOIN cards_card c ON c.id = l.card_id
    JOIN cards_batch m ON m.id = c.batch_id
    JOIN custody_position p ON p.card_id = c.id
    JOIN custody_account a ON a.id = p.account_id
    GROUP BY l.box_id
)
SELECT b.code AS box, coalesce(lines.batches, '') AS batches, last.expected, last.found, last.short,
       last.extra, last.misrouted, cardinality(last.moved_on) AS moved_on, last.seal_number, last.seal_intact, last.remarks, last.closed_at,
       last.times, u.name AS counted_by, coalesce(w.name, '') AS witness,
       coalesce(lines.waiting, 0) AS waiting, coalesce(lines.missing, 0) AS missing,
       coalesce(lines.recovered, 0) AS recovered
FROM last
JOIN intake_deliverybox b ON b.id = last.box_id
JOIN orgs_user u ON u.id = last.counted_by_id
LEFT JOIN orgs_user w ON w.id = last.witness_id
LEFT JOIN lines ON lines.box_id = last.box_id
ORDER BY b.code, b.id
