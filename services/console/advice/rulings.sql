-- What was ruled before. SEEN as in queries.sql: $1 jurisdiction, $2 scopes, $3 unit.

-- name: precedents
-- The latest $7 rulings on returns of topic $4 at place $5, then as many elsewhere; not the one of ticket $6 itself.
WITH alike AS (
    (SELECT r.*, true AS here FROM views.rulings r JOIN views.tickets t ON t.id = r.ticket
     WHERE r.jurisdiction = $1 AND r.topic = $4 AND r.place = $5 AND r.ticket <> $6 AND SEEN ORDER BY r.at DESC LIMIT $7)
    UNION ALL
    (SELECT r.*, false AS here FROM views.rulings r JOIN views.tickets t ON t.id = r.ticket
     WHERE r.jurisdiction = $1 AND r.topic = $4 AND r.place IS DISTINCT FROM $5 AND r.ticket <> $6 AND SEEN
     ORDER BY r.at DESC LIMIT $7)
)
SELECT a.ticket, t.number, a.here, a.place, a.at, a.unit, a.upheld, a."to", t.lead,
    (SELECT l.detail ->> 'suggested' FROM views.timeline l WHERE l.ticket = a.ticket AND l.kind = 'ReturnRequested'
     ORDER BY l.source DESC LIMIT 1) AS suggested
FROM alike a JOIN views.tickets t ON t.id = a.ticket ORDER BY a.here DESC, a.at DESC
