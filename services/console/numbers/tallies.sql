-- A tally: a condition on tickets t, counted and listed by the same SQL. WITHIN stands for what all tallies of a file share,
-- NUMBERS for one filtered count each, CONDITION for the tally that is listed. $1 to $3 say who asks (SEEN), $4 and on are
-- the file's own; AFTER_AT, AFTER_ID and ROWS_ come after them.

-- name: numbers
SELECT NUMBERS FROM views.tickets t WHERE SEEN AND (WITHIN)

-- name: number
-- One of them alone: quick where its own condition is found by an index.
SELECT count(*) FROM views.tickets t WHERE SEEN AND (WITHIN) AND (CONDITION)

-- name: by
-- The same of each KEY.
SELECT KEY AS key, NUMBERS FROM views.tickets t WHERE SEEN AND (WITHIN) GROUP BY KEY ORDER BY KEY

-- name: newest
SELECT SHOWN, t.registered_at AS stands_at FROM views.tickets t
WHERE SEEN AND (WITHIN) AND (CONDITION) AND (AFTER_AT::timestamptz IS NULL OR (t.registered_at, t.id) < (AFTER_AT, AFTER_ID::text))
ORDER BY t.registered_at DESC, t.id DESC LIMIT ROWS_

-- name: due_first
SELECT SHOWN, DUE AS stands_at FROM views.tickets t
WHERE SEEN AND (WITHIN) AND (CONDITION) AND (AFTER_AT::timestamptz IS NULL OR (DUE, t.id) > (AFTER_AT, AFTER_ID::text))
ORDER BY DUE, t.id LIMIT ROWS_

-- name: due
-- What is due first of the clocks that run; the year 9999 where none does. The index open_by_due is on these very words.
coalesce(least(
    CASE WHEN t.citizen_stopped_at IS NULL THEN t.citizen_due END, CASE WHEN t.unit_stopped_at IS NULL THEN t.unit_due END
), timestamptz '9999-01-01 00:00+00')

-- name: ended
-- When a ticket left the stock; the year 9999 while it is in it. An imported end before its beginning counts at that.
-- The index tickets_by_end is on these very words.
(CASE WHEN t.closed_at IS NULL THEN timestamptz '9999-01-01 00:00+00' ELSE greatest(t.closed_at, t.registered_at) END)

-- name: tomorrow
-- The end of the day in Shanghai.
((date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai') + interval '1 day') AT TIME ZONE 'Asia/Shanghai')

-- name: today
-- The beginning of the day in Shanghai.
(date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai')

-- name: last_day
-- The beginning of the hour that was 24 hours ago: 24 full hours and the current one.
(date_trunc('hour', now()) - interval '24 hours')
