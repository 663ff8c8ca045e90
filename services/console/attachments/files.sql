-- Files that people uploaded for a ticket. SEEN as in queries.sql.

-- name: keep
INSERT INTO desk.files (ticket, digest, person, attachment, state) VALUES ($1, $2, $3, $4, 'uploaded')
ON CONFLICT DO NOTHING

-- name: send
-- From here on something may name them. A file that is leaving is none any more; whoever comes at once waits for the row.
UPDATE desk.files f SET state = 'sent'
WHERE f.ticket = $1 AND f.digest = ANY ($2::text[]) AND f.state <> 'leaving' RETURNING f.attachment

-- name: of
-- The file $5 of ticket $4: on its record, or uploaded and not submitted yet.
SELECT coalesce(
    (SELECT one FROM views.timeline l CROSS JOIN LATERAL jsonb_array_elements(l.detail -> 'attachments') one
     WHERE l.ticket = t.id AND one ->> 'digest' = $5 LIMIT 1),
    (SELECT f.attachment FROM desk.files f WHERE f.ticket = t.id AND f.digest = $5 AND f.state <> 'leaving')
)
FROM views.tickets t WHERE t.id = $4 AND SEEN

-- name: let_go
-- What nobody sent within $1 leaves, but for what a draft younger than $2 names. What the record names was sent, even
-- where this table is back from a day before.
UPDATE desk.files f SET state = 'leaving'
WHERE f.state = 'uploaded' AND f.at < now() - $1::interval
  AND NOT EXISTS (SELECT FROM desk.drafts d WHERE d.files @> ARRAY[f.digest] AND d.saved_at > now() - $2::interval)
  AND NOT EXISTS (
    SELECT FROM views.timeline l CROSS JOIN LATERAL jsonb_array_elements(l.detail -> 'attachments') one
    WHERE l.ticket = f.ticket AND one ->> 'digest' = f.digest
  )

-- name: leaving
SELECT f.digest, f.attachment FROM desk.files f WHERE f.state = 'leaving'

-- name: left
DELETE FROM desk.files f WHERE f.state = 'leaving' AND f.digest = ANY ($1::text[])
