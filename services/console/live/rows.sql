-- What changed, for the streams of open pages. SEEN and SHOWN as in queries.sql. What a stream may be told is settled
-- when it opens (known); what follows is asked once for all streams, without a caller.

-- name: known
SELECT t.id, t.partition, t.source FROM views.tickets t WHERE t.id = ANY ($4::text[]) AND SEEN

-- name: changed
-- What changed since the given source ($2) of each partition ($1).
SELECT t.id, t.jurisdiction, t.scope, t.units, t.changed_at
FROM unnest($1::int[], $2::bigint[]) AS since (partition, source)
JOIN views.tickets t ON t.partition = since.partition AND t.source > since.source

-- name: rows
SELECT SHOWN FROM views.tickets t WHERE t.id = ANY ($1::text[])

-- name: news
-- What happened to each of the tickets $3 since then: its last entry, a person's rather than a service's.
SELECT DISTINCT ON (l.ticket) l.ticket, l.version, l.kind, l.person, l.role, l.unit
FROM unnest($1::int[], $2::bigint[]) AS since (partition, source)
JOIN views.timeline l ON l.partition = since.partition AND l.source > since.source
WHERE l.ticket = ANY ($3::text[]) AND l.kind NOT IN ('refused', 'repeated', 'undecodable')
  AND l.asked IS DISTINCT FROM 'Look'
ORDER BY l.ticket, l.role = 'service', l.source DESC, l.seq
