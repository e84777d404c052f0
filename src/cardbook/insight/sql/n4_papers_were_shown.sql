-- Every act that asks for papers (Art. 8 para. 4: identity and signature) has one of every group; a
-- kind that is an image counts only with the image's digest.
SELECT e.subject_kind AS kind, e.subject_id AS id,
       format('台账记录 %s（%s）缺少：%s', e.id, need.title, need.titles) AS said
FROM ledger_event e
JOIN (VALUES $papers) AS need(act, version, title, titles, kinds, images, facts)
  ON need.act = e.act AND need.version = e.act_version AND e.facts LIKE ANY (need.facts)
WHERE NOT EXISTS (
    SELECT FROM unnest(e.papers) AS shown(paper)
    WHERE split_part(paper, ':', 1) = ANY(need.kinds)
      AND (split_part(paper, ':', 2) <> '' OR split_part(paper, ':', 1) <> ALL(need.images)))
