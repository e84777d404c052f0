-- Holders to be called: took the card home so long ago and our half is not in use, or the bank's is not; the
-- last call beside. Whoever died, or whose card is stopped, is left out.
WITH due AS (
    SELECT c.id, c.number, c.village, c.unit_name, p.since, c.bank, h.name_sealed, h.number_sealed, h.phone_sealed,
           CASE WHEN c.social = 'sealed' THEN 'social' ELSE 'bank' END AS kind,
           call.called_at, call.result, coalesce(call.words, '') AS words, coalesce(u.name, '') AS called_by
    FROM orgs_organization county
    JOIN cards_card c ON c.county_id = county.id
    JOIN custody_position p ON p.card_id = c.id
    JOIN people_person h ON h.id = c.person_id
    LEFT JOIN LATERAL (
        SELECT * FROM usage_activationcall a WHERE a.card_id = c.id ORDER BY a.called_at DESC, a.id DESC LIMIT 1
    ) call ON true
    LEFT JOIN orgs_user u ON u.id = call.called_by_id
    WHERE starts_with(county.path, %(within)s) AND county.kind = 'county' AND c.stage = 'issued' AND p.since <= %(until)s
      AND (c.social = 'sealed' OR (c.social = 'active' AND c.bank IN ('unknown', 'inactive')))
      AND (c.hold = 'none' OR c.hold_until <= %(at)s) AND h.died_on IS NULL
      AND (%(card)s::bigint[] IS NULL OR c.id = ANY(%(card)s))
      AND (%(meant)s::bigint[] IS NULL OR c.id = ANY(%(meant)s)
           OR strpos(coalesce(nullif(c.village, ''), c.unit_name), %(text)s) > 0)
)
SELECT * FROM due
WHERE (%(kind)s = '' OR kind = %(kind)s)
  AND CASE %(state)s WHEN 'open' THEN result IS NULL OR result IN ('no_answer', 'will_come')
                     WHEN 'called' THEN result IS NOT NULL ELSE true END
ORDER BY {order}
LIMIT %(limit)s
