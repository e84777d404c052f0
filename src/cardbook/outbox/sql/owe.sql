-- One message of each kind for every subject an act was just done to: its newest event owes it.
-- The reference is made of the event, so that whoever asks twice owes once (Art. 14, 22, 25 to 30).
INSERT INTO outbox_message (
    kind, party, recipient_id, county_id, reference, event_id, subject_kind, subject_id, card_id,
    person_id, thread, sequence, urgent, happened_at, payload, state, answer_code, answer_words
)
SELECT
    kind.code, kind.party, to_whom.id, subject.county_id, kind.code || '/' || e.id, e.id,
    e.subject_kind, e.subject_id, subject.card_id, subject.person_id,
    coalesce('card:' || subject.card_id, e.subject_kind || ':' || e.subject_id),
    e.id, kind.urgent, e.happened_at, e.facts,
    CASE WHEN to_whom.id IS NULL THEN 'parked' ELSE 'owed' END,
    CASE WHEN to_whom.id IS NULL THEN 'no_bank' ELSE '' END,
    CASE WHEN to_whom.id IS NULL THEN '没有登记合作银行，不知道该通知谁' ELSE '' END
FROM ({subjects}) AS subject
-- One look into the index for each: joined as sets, fifty thousand cards would read the whole ledger.
CROSS JOIN LATERAL (
    SELECT id, subject_kind, subject_id, happened_at, facts FROM ledger_event
    WHERE subject_kind = %(subject)s AND subject_id = subject.id AND seq = subject.version
    LIMIT 1
) AS e
CROSS JOIN unnest(
    %(kinds)s::text[], %(parties)s::text[], %(urgent)s::boolean[], %(by_interface)s::boolean[],
    %(facts)s::text[], %(values)s::text[], %(accounts)s::boolean[], %(once)s::boolean[]
) WITH ORDINALITY AS kind(code, party, urgent, by_interface, fact, value, by_account, once, place)
CROSS JOIN LATERAL (
    SELECT CASE WHEN kind.party = 'bank' THEN subject.bank_id ELSE subject.county_id END
) AS to_whom(id)
-- What nobody types in by hand is owed where an adapter carries it, as the worker last found it.
WHERE (NOT kind.by_interface OR EXISTS (
    SELECT FROM outbox_line l
    WHERE l.party = kind.party AND l.recipient_id = to_whom.id AND kind.code = ANY(l.carries)
))
AND CASE WHEN kind.fact = '' THEN true
    WHEN kind.value = '' THEN coalesce(e.facts::jsonb ->> kind.fact, '') <> ''
    ELSE e.facts::jsonb ->> kind.fact = kind.value END
AND (NOT kind.by_account OR EXISTS (
    SELECT FROM cards_card c WHERE c.id = subject.card_id AND c.bank_account_sealed IS NOT NULL
))
AND (NOT kind.once OR NOT EXISTS (
    SELECT FROM outbox_message m
    WHERE m.party = kind.party AND m.thread = coalesce(
            'card:' || subject.card_id, e.subject_kind || ':' || e.subject_id)
        AND m.kind = kind.code AND m.subject_id = e.subject_id AND m.state <> 'withdrawn'
))
ORDER BY e.id, kind.place
ON CONFLICT (reference) DO NOTHING
