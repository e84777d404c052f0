-- The cards a list put into the box of a count: where each lies now and since when, and where the book had
-- it at the moment it was scanned. A scan sees what the last posting recorded before it said.
SELECT c.number, c.id, a.kind AS place, a.organization_id AS office, m.act AS came_by,
       m.recorded_at > n.started_at AS moved_since,
       seen.place AS seen_place, seen.office AS seen_office, seen.came_by AS seen_came_by
FROM intake_count n
JOIN intake_deliveryline l ON l.box_id = n.box_id
JOIN cards_card c ON c.id = l.card_id
JOIN custody_position p ON p.card_id = c.id
JOIN custody_account a ON a.id = p.account_id
JOIN custody_movement m ON m.id = p.movement_id
LEFT JOIN intake_countscan s ON s.count_id = n.id AND s.number = c.number
LEFT JOIN LATERAL (
    SELECT b.kind AS place, b.organization_id AS office, v.act AS came_by
    FROM custody_posting g
    JOIN custody_movement v ON v.id = g.movement_id
    JOIN custody_account b ON b.id = g.account_id
    WHERE g.card_id = c.id AND g.amount = 1 AND v.recorded_at <= s.scanned_at
    ORDER BY g.id DESC LIMIT 1
) AS seen ON TRUE
WHERE n.id = %s
