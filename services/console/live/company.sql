-- Who is at which ticket. The table is kept by every process of the console for the streams that it has.

-- name: arrive
INSERT INTO desk.present AS p (person, role, unit, ticket, until)
SELECT one.*, now() + $5::interval
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS one (person, role, unit, ticket)
ON CONFLICT (person, ticket) DO UPDATE SET until = excluded.until

-- name: leave
-- Whoever closed the last page of the ticket here; and, by the way, whom a process that crashed left behind.
DELETE FROM desk.present p
WHERE p.until < now() OR (p.person, p.ticket) IN (SELECT * FROM unnest($1::text[], $2::text[]))

-- name: present
-- Who is at the tickets $1; they edit if a draft of theirs was saved within $2.
SELECT p.ticket, p.person, p.role, p.unit, EXISTS (
    SELECT FROM desk.drafts d
    WHERE d.person = p.person AND d.ticket = p.ticket AND d.saved_at > now() - $2::interval
) AS edits
FROM desk.present p WHERE p.ticket = ANY ($1::text[]) AND p.until > now() ORDER BY p.ticket, p.person
