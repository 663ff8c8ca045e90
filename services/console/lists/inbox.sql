-- 今日待办 of unit $3. A group is its condition: its number and its list are the same words. SEEN, SHOWN as in
-- queries.sql; WAITING, what waits for the unit's approver, as in signoffs.sql.

-- name: held
-- Whatever is in the unit's hands, leading or assisting.
t.stage IN ('assigned', 'signed', 'return_requested', 'redo') AND (t.lead = $3 OR $3 = ANY (t.assisting))

-- name: all
true

-- name: sign
-- 待签收.
t.lead = $3 AND t.stage = 'assigned'

-- name: contact
-- 待联系: signed for, and the citizen not called yet.
t.lead = $3 AND t.stage = 'signed' AND t.contacted_at IS NULL

-- name: handle
-- 办理中: the answer is to be written.
t.lead = $3 AND t.stage = 'signed' AND t.contacted_at IS NOT NULL AND NOT SIGNOFF

-- name: signoff
-- 待审签: the answer lies before the unit's approver.
t.lead = $3 AND SIGNOFF

-- name: returning
-- 退单申请中: the hotline rules.
t.lead = $3 AND t.stage = 'return_requested'

-- name: redo
-- 重办: in its second round or a later one.
t.lead = $3 AND t.round > 1

-- name: urged
-- 被催办: by a person, or by a clock that ran out, since the ticket came.
t.lead = $3 AND EXISTS (
    SELECT FROM views.timeline l WHERE l.ticket = t.id AND l.kind IN ('Urged', 'UrgeOrdered') AND l.at >= t.assigned_at
)

-- name: assist
-- 协办: another unit leads.
t.lead <> $3

-- name: is_signoff
EXISTS (SELECT FROM desk.signoffs s WHERE s.ticket = t.id AND WAITING)

-- name: counts
SELECT COUNTS FROM views.tickets t WHERE SEEN AND HELD

-- name: list
-- A group, what is due first on top: the first clock of the unit's that still runs.
SELECT SHOWN, d.clock AS next_clock, d.due AS next_due, d.term AS next_term, d.warn_at AS next_warn,
    EXISTS (SELECT FROM views.rulings r WHERE r.ticket = t.id) AS ruled
FROM views.tickets t
LEFT JOIN LATERAL (
    SELECT d.clock, d.due, d.term, d.warn_at FROM views.deadlines d
    WHERE d.ticket = t.id AND d.round = t.round AND d.clock IN ('sign', 'contact', 'answer', 'redo')
      AND d.stopped_at IS NULL AND d.status <> 'void'
    ORDER BY d.due, array_position(ARRAY['sign', 'contact', 'answer', 'redo'], d.clock) LIMIT 1
) d ON t.lead = $3
WHERE SEEN AND HELD AND GROUP_IS
ORDER BY coalesce(d.due, t.citizen_due) NULLS LAST, t.id LIMIT $4
