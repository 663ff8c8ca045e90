-- What auditors ask of the views beside the record itself. SEEN as in queries.sql: $1 jurisdiction, $2 scopes, $3 unit.

-- name: places
-- A ticket's entries in the record's order, but for looks: they change nothing, and have a list of their own.
SELECT l.partition, l.source, l."offset", min(l.at) AS at, array_agg(l.kind ORDER BY l.seq) AS kinds
FROM views.timeline l JOIN views.tickets t ON t.id = l.ticket
WHERE l.ticket = $4 AND SEEN AND l.asked IS DISTINCT FROM 'Look'
GROUP BY l.partition, l.source, l."offset" ORDER BY l.source

-- name: told
-- The policies $1 that partition $2 had been told by source $3, in the order in which it was told.
SELECT split_part(l.ticket, '/', 3) AS kind, (l.detail ->> 'version')::int AS version FROM views.timeline l
WHERE l.ticket = ANY ($1::text[]) AND l.partition = $2 AND l.source <= $3 AND l.kind = 'PolicyPublished'
ORDER BY l.source

-- name: counted
-- At which offsets of partition $2 the entries of these tickets, for these commands, were counted.
SELECT DISTINCT l.source, l."offset" FROM views.timeline l
WHERE l.ticket = ANY ($1::text[]) AND l.partition = $2 AND l.source = ANY ($3::bigint[])
