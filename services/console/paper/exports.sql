-- What left the console as a file or on paper. SEEN is the rule of who may see a ticket (queries.sql).

-- name: record
INSERT INTO desk.exports (jurisdiction, person, kind, list, filters, ticket, rows) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: latest
-- Before id $4, the latest first; of a ticket only where the caller may know of it.
SELECT e.id, e.person, e.kind, e.list, e.filters::text AS filters, e.ticket, t.number, e.rows, e.at
FROM desk.exports e LEFT JOIN views.tickets t ON t.id = e.ticket AND SEEN
WHERE e.jurisdiction = $1 AND (e.ticket IS NULL OR t.id IS NOT NULL) AND ($4::bigint IS NULL OR e.id < $4)
ORDER BY e.id DESC LIMIT $5
