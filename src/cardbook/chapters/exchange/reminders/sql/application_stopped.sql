-- Applications the province did not take (Art. 25), while they still wait and nobody has sent them anew or
-- settled it: once for each time one was submitted, and not of days long past.
SELECT DISTINCT ON (w.id) w.id, 'event-' || m.event_id AS occasion, NULL::date AS until
FROM outbox_message m
JOIN cards_application w ON w.id = m.subject_id
JOIN people_person h ON h.id = w.person_id
WHERE m.party = 'province' AND m.state = 'refused'
    AND m.kind IN ('province.transfer_in', 'province.production') AND m.subject_kind = 'application'
    AND m.answered_at > %(applied_from)s AND m.answered_at <= %(at)s
    AND m.county_id = ANY(%(counties)s::bigint[])
    AND w.progress IN ('submitted', 'accepted', 'in_production')
    AND h.died_on IS NULL AND h.phone_sealed IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM outbox_message later
        WHERE later.party = m.party AND later.thread = m.thread AND later.kind = m.kind
            AND later.subject_id = m.subject_id AND later.sequence > m.sequence
    )
ORDER BY w.id, m.event_id DESC
