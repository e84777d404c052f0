-- Rows of a staged file whose account is on another living card, and on which, whosever it is.
SELECT s.row, c.number, c.county_id, p.number_index = s.number_index AS same_person
FROM staged s
JOIN intake_cardaccount a USING (account_key)
JOIN cards_card c ON c.id = a.card_id AND c.number <> s.card_number AND c.stage {living}
JOIN people_person p ON p.id = c.person_id
