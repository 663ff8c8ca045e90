-- What a citizen may read of the one ticket whose number and code they have: no text but the public reply, no account, no contact.

-- name: by_number
SELECT t.id FROM views.tickets t WHERE t.number = $1

-- name: ticket
SELECT COLUMNS FROM views.tickets t WHERE t.id = $1

-- name: story
-- The events $2 of the ticket, in the record's order.
SELECT l.partition, l.source, l."offset", l.at, l.kind, l.role = 'channel' AND l.person = 'citizen' AS own, l.detail
FROM views.timeline l WHERE l.ticket = $1 AND l.kind = ANY ($2::text[]) ORDER BY l.source, l.seq

-- name: promises
-- The citizen's clock, and of later rounds the redo's.
SELECT d.clock, d.round, d.start, d.due, d.before, d.term, d.provisional, d.trace, d.policies, d.status, d.stopped_at
FROM views.deadlines d WHERE d.ticket = $1 AND d.clock IN ('citizen', 'redo') ORDER BY d.round, d.clock
