-- What may be the same thing again. SEEN and SHOWN as in queries.sql.

-- name: similar
-- Tickets of the same caller ($4), and those of topic $5 at place $6 since $7: the newest $8 of each.
WITH found AS (
    (SELECT t.id, t.registered_at FROM views.tickets t
     WHERE SEEN AND t.id = ANY ($4::text[]) ORDER BY t.registered_at DESC, t.id DESC LIMIT $8)
    UNION
    (SELECT t.id, t.registered_at FROM views.tickets t
     WHERE SEEN AND t.topic = $5 AND t.place = $6 AND t.registered_at >= $7
     ORDER BY t.registered_at DESC, t.id DESC LIMIT $8)
)
SELECT SHOWN FROM found f JOIN views.tickets t ON t.id = f.id ORDER BY t.registered_at DESC, t.id DESC
