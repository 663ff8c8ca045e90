-- Lists newest first. SEEN and SHOWN as in queries.sql. A list is of the tickets t that fit one of some conditions, which take
-- $4 and on; after these come AFTER_AT and AFTER_ID, where the page starts, and ROWS_, how many rows it has. MOST is one more
-- than are gathered and sorted of a condition. GATHERED are the hits of each condition, ALL_HITS those of any, PAGES their pages.

-- name: listed
-- A page, and how many rows the list has, at most so many. Where those of a condition are few, all are gathered and sorted;
-- where they are many, the newest are soon met on the way back in time: in a list of UNITS each by its own way, since all
-- tickets of a unit may lie far back. Left to itself, Postgres takes the wrong one: it cannot know how often a phrase or a
-- unit occurs.
WITH GATHERED
SELECT SHOWN, (SELECT count(*) FROM (ALL_HITS LIMIT MOST) hits) AS total
FROM (SELECT t.id, t.registered_at FROM (PAGES) t NEWEST) p JOIN views.tickets t ON t.id = p.id NEWEST

-- name: gathered
HITS AS MATERIALIZED (SELECT t.id, t.registered_at FROM views.TABLE t WHERE SEEN AND CONDITION LIMIT MOST)

-- name: page_of
(SELECT t.id, t.registered_at FROM HITS t WHERE (SELECT count(*) FROM HITS) < MOST AND BEYOND NEWEST)
UNION
(SELECT w.id, w.registered_at FROM (
    SELECT t.id, t.registered_at FROM views.TABLE t WHERE SEEN AND ON_THE_WAY AND BEYOND NEWEST
) w WHERE (SELECT count(*) FROM HITS) >= MOST AND THEIRS = '{}')
UNION
(SELECT w.id, w.registered_at FROM unnest(THEIRS) had_by CROSS JOIN LATERAL (
    SELECT t.id, t.registered_at FROM (
        SELECT h.id, h.registered_at, h.id AS had FROM views.unit_tickets h WHERE h.jurisdiction = $1 AND h.unit = had_by
    ) t WHERE BEYOND AND (SELECT true FROM views.TABLE t WHERE t.id = had AND SEEN AND ON_THE_WAY) NEWEST
) w WHERE (SELECT count(*) FROM HITS) >= MOST)

-- name: all_of
SELECT id, registered_at FROM HITS

-- name: how_many
WITH GATHERED SELECT count(*) FROM (ALL_HITS LIMIT MOST) hits

-- name: beyond
(AFTER_AT::timestamptz IS NULL OR (t.registered_at, t.id) < (AFTER_AT, AFTER_ID::text))

-- name: newest
ORDER BY t.registered_at DESC, t.id DESC LIMIT ROWS_

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

-- name: found_number
-- What a search means: $4 the beginning of a number, $5 a tsquery of titles, $6 units that ever had it, $7 places.
t.number LIKE $4 || '%'

-- name: found_title
t.words @@ $5::tsquery

-- name: found_title_on_the_way
-- What @@ stands for, by the name that no index answers to.
ts_match_vq(t.words, $5::tsquery)

-- name: found_units
t.units && $6::text[]

-- name: found_places
t.place = ANY ($7::text[])
