-- Every image an event cites is in the store of papers.
SELECT e.subject_kind AS kind, e.subject_id AS id,
       format('台账记录 %s 所附“%s”的影像不在册', e.id, split_part(shown.paper, ':', 1)) AS said
FROM ledger_event e CROSS JOIN LATERAL unnest(e.papers) AS shown(paper)
LEFT JOIN papers_paper p ON p.digest = split_part(shown.paper, ':', 2)
WHERE split_part(shown.paper, ':', 2) <> '' AND p.id IS NULL
