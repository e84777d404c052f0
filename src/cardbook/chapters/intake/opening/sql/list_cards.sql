-- The cards of one list with how the book has them now; a card that two people claim may not be in the book.
SELECT l.card_number, l.card_id, l.differs, array_remove(l.others, l.card_number::text) AS others,
       c.stage, c.social,
       CASE WHEN c.hold_until <= clock_timestamp() THEN 'none' ELSE c.hold END AS hold,
       a.kind AS place,
       CASE WHEN a.kind IN ('holder', 'missing', 'destroyed') THEN ''
            WHEN a.kind = 'box' THEN a.code ELSE o.name END AS place_text,
       p.name_sealed, p.number_sealed, p.died_on, NULL::date AS said_on
FROM ({listed}) AS l
LEFT JOIN cards_card c ON c.id = l.card_id
LEFT JOIN people_person p ON p.id = c.person_id
LEFT JOIN custody_position w ON w.card_id = c.id
LEFT JOIN custody_account a ON a.id = w.account_id
LEFT JOIN orgs_organization o ON o.id = a.organization_id
LEFT JOIN orgs_organization n ON n.id = c.county_id
WHERE l.list = %(list)s AND {sought}
ORDER BY {order}, l.card_number OFFSET %(start)s LIMIT %(limit)s
