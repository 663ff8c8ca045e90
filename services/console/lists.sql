-- Lists newest first. SEEN and SHOWN as in queries.sql. A list is by a condition on tickets t (chosen, say) that takes $4 and
-- on; after these come AFTER_AT and AFTER_ID, where the page starts, and ROWS_, how many rows it has. MOST is how many rows
-- are at most gathered and sorted.

-- name: listed
-- A page, and how many rows the list has, at most so many. Where they are few, all are gathered and sorted; where they are
-- many, the newest are soon met on the way back in time. Left to itself, Postgres takes the wrong one of these two: it
-- cannot know how often a phrase or a unit occurs.
WITH few AS MATERIALIZED (HITS), page AS (
    (SELECT t.id, t.registered_at FROM few t WHERE (SELECT count(*) FROM few) < MOST AND BEYOND NEWEST)
    UNION ALL
    (SELECT w.id, w.registered_at FROM (WALK) w WHERE (SELECT count(*) FROM few) >= MOST)
)
SELECT SHOWN, (SELECT count(*) FROM few) AS total FROM page p JOIN views.tickets t ON t.id = p.id NEWEST

-- name: how_many
SELECT count(*) FROM (HITS) hits

-- name: beyond
(AFTER_AT::timestamptz IS NULL OR (t.registered_at, t.id) < (AFTER_AT, AFTER_ID::text))

-- name: newest
ORDER BY t.registered_at DESC, t.id DESC LIMIT ROWS_

-- name: hits
SELECT t.id, t.registered_at FROM views.tickets t WHERE SEEN AND CONDITION LIMIT MOST

-- name: walk
SELECT t.id, t.registered_at FROM views.tickets t WHERE SEEN AND CONDITION AND BEYOND NEWEST

-- name: picked
-- Of the tickets $4 those that the caller may know of, newest first.
SELECT SHOWN FROM views.tickets t WHERE t.id = ANY ($4::text[]) AND SEEN
ORDER BY t.registered_at DESC, t.id DESC LIMIT $5

-- name: chosen
-- By filters; registered on the days of Shanghai from $12 to $13.
($4::text IS NULL OR t.stage = $4)
AND ($5::text IS NULL OR t.channel = $5)
AND ($6::text IS NULL OR t.units @> ARRAY[$6::text])
AND ($7::text IS NULL OR t.topic = $7)
AND ($8::text IS NULL OR t.place = $8)
AND ($9::text IS NULL OR t.demand = $9)
AND ($10::bool IS NULL OR t.missed = $10)
AND ($11::text IS NULL OR t.number LIKE $11 || '%' OR t.external_id = $11)
AND ($12::date IS NULL OR t.registered_at >= $12::date::timestamp AT TIME ZONE 'Asia/Shanghai')
AND ($13::date IS NULL OR t.registered_at < ($13::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')

-- name: hits_found
-- Whatever fits one of: $4 the beginning of a number, $5 a tsquery of titles, $6 units that ever had it, $7 places.
SELECT f.id, f.registered_at FROM (
    (SELECT t.id, t.registered_at FROM views.tickets t WHERE SEEN AND t.number LIKE $4 || '%' LIMIT MOST)
    UNION (SELECT t.id, t.registered_at FROM views.titles t WHERE SEEN AND t.words @@ $5::tsquery LIMIT MOST)
    UNION (SELECT t.id, t.registered_at FROM views.tickets t WHERE SEEN AND t.units && $6::text[] LIMIT MOST)
    UNION (SELECT t.id, t.registered_at FROM views.tickets t WHERE SEEN AND t.place = ANY ($7::text[]) LIMIT MOST)
) f LIMIT MOST

-- name: walk_found
-- ts_match_vq is what @@ stands for, by the name that no index answers to.
SELECT t.id, t.registered_at FROM (
    (SELECT t.id, t.registered_at FROM views.tickets t WHERE SEEN AND t.number LIKE $4 || '%' AND BEYOND NEWEST)
    UNION
    (SELECT t.id, t.registered_at FROM views.titles t WHERE SEEN AND ts_match_vq(t.words, $5::tsquery) AND BEYOND NEWEST)
    UNION
    (SELECT t.id, t.registered_at FROM views.tickets t WHERE SEEN AND t.units && $6::text[] AND BEYOND NEWEST)
    UNION
    (SELECT t.id, t.registered_at FROM views.tickets t WHERE SEEN AND t.place = ANY ($7::text[]) AND BEYOND NEWEST)
) t NEWEST
