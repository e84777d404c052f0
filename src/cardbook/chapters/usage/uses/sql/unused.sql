-- Cards their holders have had for a time and never used since a day, of the living (Art. 23). Each county's
-- are taken from the index of (place, since, card): with {few}, which orders and limits, the rest is never read.
WITH found AS (
    SELECT unused.*
    FROM custody_account a
    JOIN orgs_organization o ON o.id = a.organization_id
    CROSS JOIN LATERAL (
        SELECT c.id, c.number, c.social, c.village, c.county_id, c.person_id, held.since,
               {unit} AS unit
        FROM custody_position held
        JOIN cards_card c ON c.id = held.card_id
        LEFT JOIN orgs_organization town ON town.id = c.town_id
        WHERE held.account_id = a.id AND held.since < %(cut)s
          AND c.stage = 'issued' AND c.social <> 'cancelled'
          AND NOT EXISTS (SELECT FROM people_person d WHERE d.id = c.person_id AND d.died_on IS NOT NULL)
          AND NOT EXISTS (SELECT FROM usage_cardused u WHERE u.card_id = c.id AND u.used_at >= %(cut)s)
          {only}
        {few}
    ) AS unused
    WHERE a.kind = 'holder' AND starts_with(o.path, %(within)s)
)
{wanted}
