-- Files that people uploaded for a ticket. SEEN as in queries.sql.

-- name: keep
INSERT INTO desk.files (ticket, digest, person, attachment) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING

-- name: known
SELECT f.attachment FROM desk.files f WHERE f.ticket = $1 AND f.digest = ANY ($2::text[])

-- name: of
-- The file $5 of ticket $4: on its record, or uploaded and not submitted yet.
SELECT coalesce(
    (SELECT one FROM views.timeline l CROSS JOIN LATERAL jsonb_array_elements(l.detail -> 'attachments') one
     WHERE l.ticket = t.id AND one ->> 'digest' = $5 LIMIT 1),
    (SELECT f.attachment FROM desk.files f WHERE f.ticket = t.id AND f.digest = $5)
)
FROM views.tickets t WHERE t.id = $4 AND SEEN
