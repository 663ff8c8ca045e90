-- 险情台: the open tickets that somebody should look at today, perhaps of unit $4 only.

-- name: within
t.stage <> 'closed' AND ($4::text IS NULL OR t.lead = $4)

-- name: overdue
-- 超期: a clock that runs has run out.
DUE <= now()

-- name: soon
DUE > now() AND DUE <= now() + interval '2 hours'

-- name: today
DUE > now() AND DUE < TOMORROW

-- name: critical
-- 特急 that runs.
t.urgency = 'critical' AND DUE < timestamptz '9999-01-01 00:00+00'

-- name: passed_on
-- 流转中: returned twice or more, or its return waits for a ruling.
t.returns >= 2 OR t.stage = 'return_requested'

-- name: repeated
-- The citizen came back three times or more.
t.supplements >= 3

-- name: second_round
t.round >= 2

-- name: confidential
t.confidential AND DUE <= now()

-- name: missed
-- Any limit missed so far, signing and contact too, as the queue of the overdue has it.
t.missed
