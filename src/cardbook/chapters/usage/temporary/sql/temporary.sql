-- A county's temporary cards with their boxes and whoever has them; when each was lent says the ledger.
SELECT t.id, t.number, t.stage, t.valid_until, t.excused, coalesce(place.box, '') AS box,
       coalesce(o.name, '') AS office, p.name_sealed, p.number_sealed,
       (SELECT max(e.happened_at) FROM ledger_event e
        WHERE e.subject_kind = 'temporary_card' AND e.subject_id = t.id AND e.act = 'temporary.lend') AS lent_at,
       p.phone_sealed, dun.times AS dun_times, dun.last_at AS dun_at, dun.facts AS dun_facts
FROM cards_temporarycard t
LEFT JOIN usage_temporaryplace place ON place.card_id = t.id
LEFT JOIN orgs_organization o ON o.id = place.office_id
LEFT JOIN people_person p ON p.id = t.person_id
LEFT JOIN LATERAL (
    SELECT count(*) AS times, max(x.happened_at) AS last_at, (array_agg(x.facts ORDER BY x.seq DESC))[1] AS facts
    FROM ledger_event x
    WHERE x.subject_kind = 'temporary_card' AND x.subject_id = t.id AND x.act = 'temporary.dun'
) AS dun ON TRUE
WHERE t.county_id IN (SELECT id FROM orgs_organization WHERE starts_with(path, %(county)s))
ORDER BY (t.number = %(text)s OR upper(place.box) = %(text)s) DESC NULLS LAST,
         t.stage = 'lent' DESC, t.valid_until, t.id DESC
LIMIT %(limit)s
