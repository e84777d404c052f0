-- Cards their holders have had for a time and never used since a day, of the living (Art. 23). For a list each
-- county's are walked in the order of the index of (place, since, card) until there are enough, the rest is never
-- read; OFFSET 0 keeps that order where the database would rather sort them all.
WITH found AS (
    SELECT unused.*
    FROM custody_account a
    JOIN orgs_organization o ON o.id = a.organization_id
    CROSS JOIN LATERAL (
        SELECT c.id, c.number, c.social, c.village, c.county_id, c.person_id, held.since,
               {unit} AS unit
        FROM (SELECT card_id, since FROM custody_position
              WHERE account_id = a.id AND since < %(cut)s {walk}) AS held
        JOIN cards_card c ON c.id = held.card_id
        LEFT JOIN orgs_organization town ON town.id = c.town_id
        WHERE c.stage = 'issued' AND c.social <> 'cancelled'
          AND NOT EXISTS (SELECT FROM people_person d WHERE d.id = c.person_id AND d.died_on IS NOT NULL)
          AND NOT EXISTS (SELECT FROM usage_cardused u WHERE u.card_id = c.id AND u.used_at >= %(cut)s)
          {only}
        {few}
    ) AS unused
    WHERE a.kind = 'holder' AND starts_with(o.path, %(within)s)
)
{wanted}
