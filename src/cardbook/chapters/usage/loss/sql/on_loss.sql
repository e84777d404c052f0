-- The newest registration of each card that is on loss in its own row, lapsed or not: one walk through a
-- partial index, however long the ledger is. An array, because it is then found before anything is joined.
AND e.id = ANY(ARRAY(
    SELECT (SELECT x.id FROM ledger_event x
            WHERE x.subject_kind = 'card' AND x.subject_id = k.id AND (x.act = ANY(%(acts)s) OR x.seq = 1)
            ORDER BY x.seq DESC LIMIT 1)
    FROM cards_card k
    WHERE k.hold IN ('oral_loss', 'formal_loss') AND k.social <> 'cancelled'))
