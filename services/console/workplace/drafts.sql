-- What people have typed and not submitted yet. SEEN as in queries.sql.

-- name: save
-- Only of a ticket that the caller may know of. What nobody came back to for $8 goes by the way.
WITH forgotten AS (
    DELETE FROM desk.drafts d
    WHERE d.saved_at < now() - $8::interval AND (d.person, d.ticket, d.form) <> ($4, $5, $6)
)
INSERT INTO desk.drafts AS d (person, ticket, form, fields, files)
SELECT $4, $5, $6, $7, $9
WHERE $5 = OWN || $4 OR EXISTS (SELECT FROM views.tickets t WHERE t.id = $5 AND SEEN)
ON CONFLICT (person, ticket, form) DO UPDATE SET fields = excluded.fields, files = excluded.files, saved_at = now()
RETURNING d.saved_at

-- name: of
SELECT d.form, d.fields, d.saved_at FROM desk.drafts d
WHERE d.person = $1 AND d.ticket = $2 AND d.saved_at > now() - $3::interval

-- name: drop
DELETE FROM desk.drafts d WHERE d.person = $1 AND d.ticket = $2 AND d.form = $3
