-- How many losses of now stand how. The few cards on loss are walked by their partial index, the newest
-- registration of each is looked up by its card; neither the ledger nor the cards are read as a whole. What the
-- conditions ask of `told` is asked of these few alone.
WITH newest AS MATERIALIZED (
    SELECT k.id AS card, x.id AS event
    FROM cards_card k
    CROSS JOIN LATERAL (
        SELECT e.id FROM ledger_event e
        WHERE e.subject_kind = 'card' AND e.subject_id = k.id AND (e.act = ANY(%(acts)s) OR e.seq = 1)
        ORDER BY e.seq DESC LIMIT 1) x
    WHERE k.hold IN ('oral_loss', 'formal_loss') AND k.social <> 'cancelled'
)
SELECT {sums}
FROM newest
CROSS JOIN LATERAL (SELECT * FROM cards_card WHERE id = newest.card LIMIT 1) c
CROSS JOIN LATERAL (SELECT * FROM ledger_event WHERE id = newest.event LIMIT 1) e
JOIN orgs_organization county ON county.id = c.county_id
JOIN orgs_organization office ON office.id = e.org_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
LEFT JOIN LATERAL (
    SELECT t.happened_at FROM ledger_event t
    WHERE t.subject_kind = 'card' AND t.subject_id = c.id AND t.seq > e.seq AND t.act = 'loss.tell'
    ORDER BY t.seq LIMIT 1) told ON true
WHERE true {scope}
