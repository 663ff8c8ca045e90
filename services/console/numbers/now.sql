-- 大屏: what came and went today (Shanghai), and what is open; perhaps of topic $4, of place $5.

-- name: within
($4::text IS NULL OR t.topic = $4) AND ($5::text IS NULL OR t.place = $5)
AND (ENDED >= TODAY OR t.registered_at >= LAST_DAY)

-- name: received
t.registered_at >= TODAY

-- name: closed
t.stage = 'closed' AND ENDED >= TODAY

-- name: open
t.stage <> 'closed'

-- name: overdue
t.stage <> 'closed' AND DUE <= now()

-- name: day
-- The last 24 hours.
t.registered_at >= LAST_DAY
