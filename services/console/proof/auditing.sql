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

-- name: document
SELECT document::text FROM views.policies WHERE jurisdiction = $1 AND kind = $2 AND version = $3

-- name: counted
-- At which of the offsets $3 of partition $2 entries of these tickets were counted.
SELECT DISTINCT l."offset" FROM views.timeline l
WHERE l.ticket = ANY ($1::text[]) AND l.partition = $2 AND l."offset" = ANY ($3::bigint[])

-- name: positions
-- How far the views have read each partition.
SELECT partition, "offset", source, epoch, head FROM views.positions ORDER BY partition

-- name: looked
-- Who looked at sealed fields, or was refused to, the latest first; of person $4, of ticket $5 (its id or number), after
-- ($6, $7, $8), at most $9. `lately` counts that person's looks of the ten minutes up to this one, `outside` says that
-- the unit never had the ticket. With $10 only what is odd, of the last 31 days: a burst of $11, from $12 to $13 o'clock.
SELECT * FROM (
    SELECT l.ticket, t.number, l.partition, l.source, l."offset", l.at, l.kind, l.person, l.role, l.unit, l.detail,
        l.unit IS NOT NULL AND NOT t.units @> ARRAY[l.unit] AS outside,
        extract(hour FROM l.at AT TIME ZONE 'Asia/Shanghai') AS hour,
        (SELECT count(*) FROM views.timeline b WHERE b.asked = 'Look' AND b.person = l.person
            AND b.at > l.at - interval '10 minutes'
            AND (b.at, b.partition, b.source) <= (l.at, l.partition, l.source)) AS lately
    FROM views.timeline l JOIN views.tickets t ON t.id = l.ticket
    WHERE l.asked = 'Look' AND SEEN
        AND ($4::text IS NULL OR l.person = $4) AND ($5::text IS NULL OR l.ticket = $5 OR t.number = $5)
        AND ($6::timestamptz IS NULL OR (l.at, l.partition, l.source) < ($6, $7::int, $8::bigint))
        AND (NOT $10::bool OR l.at > now() - interval '31 days')
) l
WHERE NOT $10 OR l.outside OR l.lately >= $11::int OR l.hour >= $12::int OR l.hour < $13::int
ORDER BY l.at DESC, l.partition DESC, l.source DESC LIMIT $9

-- name: trespassed
-- Asking for the tickets of others: by people of the jurisdiction, or for its tickets; the latest first, before $4.
-- Whoever asked by an entry's place did not learn whose it is: nor do those here who may not know of the ticket.
SELECT p.id, p.at, p.person, p.role, p.unit, p.jurisdiction, named.ticket, p.address, p.known, t.number
FROM desk.trespasses p LEFT JOIN views.tickets t ON t.id = p.ticket AND SEEN
CROSS JOIN LATERAL (
    SELECT CASE WHEN t.id IS NOT NULL OR p.address NOT LIKE 'GET /entries/%' THEN p.ticket END AS ticket
) named
WHERE $1 IN (p.jurisdiction, p.owner) AND ($4::bigint IS NULL OR p.id < $4)
    AND ($5::text IS NULL OR p.person = $5) AND ($6::text IS NULL OR named.ticket = $6 OR t.number = $6)
ORDER BY p.id DESC LIMIT $7

-- name: trespass
-- Somebody ($4 person, $5 role) asked at an address ($6) for those of the tickets $7 that are there and that they may
-- not know of; with $8 those alone for which they did not ask there within that time.
INSERT INTO desk.trespasses (person, role, unit, jurisdiction, ticket, owner, address)
SELECT $4, $5, $3, $1, t.id, t.jurisdiction, $6 FROM views.tickets t
WHERE t.id = ANY ($7::text[]) AND NOT (SEEN)
  AND ($8::interval IS NULL OR NOT EXISTS (
    SELECT FROM desk.trespasses p
    WHERE p.ticket = t.id AND p.person = $4 AND p.address = $6 AND p.at > now() - $8::interval))

-- name: barred
-- The same of one ticket ($7) that they may know of and that is not theirs.
INSERT INTO desk.trespasses (person, role, unit, jurisdiction, ticket, owner, address, known)
SELECT $4, $5, $3, $1, t.id, t.jurisdiction, $6, true FROM views.tickets t WHERE t.id = $7 AND SEEN
