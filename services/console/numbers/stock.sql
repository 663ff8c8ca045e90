-- 结转台账 of a month from $4 to before $5, perhaps of channel $6: 上月结转 + 受理 = 办结 + 在办. Each ticket of the month is
-- in one of the first two and in one of the last two, since its end is never before its beginning.

-- name: within
($6::text IS NULL OR t.channel = $6) AND t.registered_at < $5::timestamptz AND ENDED >= $4::timestamptz

-- name: carried
-- 上月结转: registered before the month, in stock when it began.
t.registered_at < $4

-- name: received
t.registered_at >= $4

-- name: closed
ENDED < $5

-- name: open
ENDED >= $5
