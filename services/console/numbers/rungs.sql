-- 督办台: how far each open ticket was urged (domain §3.8), perhaps of unit $4 only; the rungs exclude each other.

-- name: within
t.stage <> 'closed' AND ($4::text IS NULL OR t.lead = $4)

-- name: warned
-- 临期提醒, and nothing after it.
t.warnings > 0 AND t.urges = 0 AND t.urges_ordered = 0

-- name: urged
-- 系统催办: a clock ran out; no person has urged yet.
t.urges > 0 AND t.urges_ordered = 0

-- name: ordered
-- 人工催办, once.
t.urges_ordered = 1

-- name: insisted
-- 人工催办, more than once.
t.urges_ordered > 1
