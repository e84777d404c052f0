-- Of batches with so many defective cards: those with fewer cards in the county than would make
-- that share bearable. No more cards of a batch are counted than that.
SELECT asked.id FROM unnest(%(batches)s::bigint[], %(bearable)s::bigint[]) AS asked (id, bearable)
WHERE asked.bearable > (
    SELECT count(*) FROM (
        SELECT FROM cards_card c
        WHERE c.batch_id = asked.id AND c.county_id IN (
            SELECT id FROM orgs_organization WHERE kind = 'county' AND path LIKE %(office)s
        )
        LIMIT asked.bearable
    ) counted
)
ORDER BY asked.id
