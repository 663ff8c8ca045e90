-- What a person did in a queue since a moment. SEEN and SHOWN as in queries.sql: $1 jurisdiction, $2 scopes, $3 unit.

-- name: done
-- The tickets on which person $4 did one of $5 since $6, what was done last on top, and how many they are in all.
WITH done AS (
    SELECT l.ticket, max(l.at) AS at FROM views.timeline l
    WHERE l.person = $4 AND l.role = 'operator' AND l.at >= $6 AND l.kind = ANY ($5::text[]) GROUP BY l.ticket
)
SELECT SHOWN, d.at AS done_at, count(*) OVER () AS total FROM done d JOIN views.tickets t ON t.id = d.ticket
WHERE SEEN ORDER BY d.at DESC, t.id LIMIT $7

-- name: skipped
-- What person $4 passed over in queue $5 since $6, the latest on top, and how many in all; the reasons sealed.
SELECT s.id, s.ticket, t.number, s.version, s.queue, s.person, s.at, s.reason, count(*) OVER () AS total
FROM desk.skips s JOIN views.tickets t ON t.id = s.ticket
WHERE SEEN AND s.person = $4 AND s.queue = $5 AND s.at >= $6 ORDER BY s.id DESC LIMIT $7
