-- A figure as it was at a moment. $1..$3 the caller, [$4, $5) when registered, $6 a channel or null, $7 the KEY (a unit or
-- a channel) whose figure it is, $8 the first moment that was not yet. HAD finds every ticket that KEY can have had then.
-- SEEN as in queries.sql, COUNTED and KEY as in figures.sql: the very conditions of the figures of today.

-- name: had_by_units
t.units @> ARRAY[$7::text]

-- name: had_by_channels
t.channel = $7

-- name: moved
-- The tickets that changed since, at most $9: they are to be folded anew; every other stands now as it stood then.
SELECT t.id FROM views.tickets t
WHERE SEEN AND HAD AND ($6::text IS NULL OR t.channel = $6)
    AND ($4::timestamptz IS NULL OR t.registered_at >= $4) AND ($5::timestamptz IS NULL OR t.registered_at < $5)
    AND t.changed_at >= $8 AND (t.imported OR t.registered_at < $8)
ORDER BY t.id LIMIT $9

-- name: places
-- Where the entries lie that had changed the tickets $1 before $2.
SELECT DISTINCT l.partition, l."offset" FROM views.timeline l
WHERE l.ticket = ANY ($1::text[]) AND l.at < $2
    AND l.kind NOT IN ('refused', 'repeated', 'undecodable', 'Looked')
ORDER BY l.partition, l."offset"

-- name: both
-- Each ticket that counted then or counts now. $9 are the rows of the moved tickets as they were, as JSON.
WITH stood AS (
    SELECT t.* FROM views.tickets t WHERE SEEN AND HAD AND t.changed_at < $8
    UNION ALL SELECT t.* FROM json_populate_recordset(NULL::views.tickets, $9::json) t
), was AS (
    SELECT t.id, t.number, (WHOLE) IS TRUE AS whole, (PART) IS TRUE AS part FROM stood t
    WHERE SEEN AND COUNTED AND KEY = $7
), now AS (
    SELECT t.id, t.number, (WHOLE) IS TRUE AS whole, (PART) IS TRUE AS part FROM views.tickets t
    WHERE SEEN AND COUNTED AND KEY = $7
), joined AS (
    SELECT coalesce(w.id, n.id) AS ticket, coalesce(w.number, n.number) AS number,
        w.whole IS TRUE AS whole_then, w.part IS TRUE AS part_then,
        n.whole IS TRUE AS whole_now, n.part IS TRUE AS part_now
    FROM was w FULL JOIN now n USING (id)
)

-- name: totals
-- `appeared` are those of the difference that were not there yet.
BOTH SELECT count(*) FILTER (WHERE whole_then) AS whole_then, count(*) FILTER (WHERE part_then) AS part_then,
    count(*) FILTER (WHERE whole_now) AS whole_now, count(*) FILTER (WHERE part_now) AS part_now,
    count(*) FILTER (WHERE (whole_then, part_then) <> (whole_now, part_now)) AS differ,
    count(*) FILTER (
        WHERE (whole_then, part_then) <> (whole_now, part_now) AND NOT EXISTS (SELECT FROM stood s WHERE s.id = ticket)
    ) AS appeared FROM joined

-- name: differing
BOTH SELECT * FROM joined WHERE (whole_then, part_then) <> (whole_now, part_now) ORDER BY number, ticket LIMIT $10
