-- 大屏: what its tiles show besides the tallies of now.sql, $1 to $3 as everywhere. No personal data: no title, no text.

-- name: hours
-- How many came in each hour since; hours without any are left out.
SELECT date_trunc('hour', t.registered_at) AS hour, count(*) AS count FROM views.tickets t
WHERE SEEN AND t.registered_at >= LAST_DAY GROUP BY 1

-- name: usual_hours
-- How many came in each hour of the day (Shanghai), all 28 days before those 24 hours together.
SELECT extract(hour FROM t.registered_at AT TIME ZONE 'Asia/Shanghai')::int AS hour, count(*) AS count
FROM views.tickets t
WHERE SEEN AND t.registered_at >= LAST_DAY - interval '28 days' AND t.registered_at < LAST_DAY GROUP BY 1

-- name: usual_topics
-- How many came of each topic in those 28 days.
SELECT t.topic, count(*) AS count FROM views.tickets t
WHERE SEEN AND t.registered_at >= LAST_DAY - interval '28 days' AND t.registered_at < LAST_DAY AND t.topic IS NOT NULL
GROUP BY 1

-- name: closures
-- The last six that were closed.
SELECT SHOWN FROM views.tickets t
WHERE SEEN AND ENDED < timestamptz '9999-01-01 00:00+00' ORDER BY ENDED DESC, t.id LIMIT 6
