-- One read: the key, how often it asked within the minute, whether the purpose is granted and in
-- force, and the card, found by its number or by its holder's. Of a holder's cards the one in use
-- comes first, then the youngest. A temporary card is found by its own number (Art. 27). No key, no
-- row; no card, a row without one.
SELECT k.id AS key_id, k.per_minute, k.valid_from, k.valid_to, k.revoked_at,
       lately.asked, lately.oldest,
       %(purpose)s = ANY (k.purposes) AND EXISTS (
           SELECT FROM usage_carduse u
           WHERE u.agency_id = k.agency_id AND u.code = %(purpose)s
             AND u.since <= %(today)s AND (u.until IS NULL OR u.until > %(today)s)) AS granted,
       c.id AS card_id, c.number, c.stage, c.social, c.hold, c.hold_until,
       p.died_on, p.said_dead_by <> '' AS said_dead, t.id AS temporary_id, t.number AS temporary_number, t.stage AS temporary_stage,
       t.valid_until,
       EXISTS (
           SELECT FROM cards_application w
           WHERE w.person_id = t.person_id AND w.progress <> ALL(%(closed)s)) AS waits
FROM usage_statuskey k
CROSS JOIN LATERAL (
    SELECT count(*) AS asked, min(a.asked_at) AS oldest
    FROM (SELECT asked_at FROM usage_statusasked
          WHERE key_id = k.id AND asked_at > %(at)s - interval '1 minute'
          ORDER BY asked_at DESC LIMIT k.per_minute) a
) lately
LEFT JOIN LATERAL (
    (SELECT * FROM cards_card named WHERE named.number = %(number)s)
    UNION ALL
    (SELECT own.* FROM people_person holder
     JOIN cards_card own ON own.person_id = holder.id
     WHERE holder.number_index = %(holder)s
     ORDER BY own.social IN ('active', 'locked') DESC, own.id DESC LIMIT 1)
) c ON true
LEFT JOIN cards_temporarycard t ON t.number = %(temporary)s
LEFT JOIN people_person p ON p.id = coalesce(c.person_id, t.person_id)
WHERE k.digest = %(digest)s
