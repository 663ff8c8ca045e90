-- Through whose hands tickets went. SEEN and SHOWN as in queries.sql.

-- name: hands
-- What changed hands of these tickets ($4), by the events of the time ledger ($5), with what it needs of each.
SELECT l.ticket, l.at, l.kind, l.detail ->> 'lead' AS lead, l.detail ->> 'unit' AS unit,
    (l.detail ->> 'upheld')::bool AS upheld
FROM views.timeline l JOIN views.tickets t ON t.id = l.ticket
WHERE l.ticket = ANY ($4::text[]) AND l.kind = ANY ($5::text[]) AND SEEN ORDER BY l.ticket, l.source, l.seq

-- name: registered
-- The tickets registered in [$4, $5), perhaps of unit $6 at any time, the latest first.
SELECT SHOWN FROM views.tickets t
WHERE SEEN AND t.registered_at >= $4 AND t.registered_at < $5 AND ($6::text IS NULL OR t.units @> ARRAY[$6::text])
ORDER BY t.registered_at DESC, t.id DESC LIMIT $7
