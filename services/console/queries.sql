-- What people may read, one statement a question. SEEN stands for the one rule of who may see a ticket; every
-- statement takes the caller first: $1 jurisdiction, $2 scopes, $3 unit (null for whoever sees all units). SHOWN stands
-- for the columns of a ticket as people see it. A queue is its condition and its order, put in place of QUEUE.

-- name: seen
t.jurisdiction = $1 AND (t.scope IS NULL OR t.scope = ANY ($2::text[]))
AND ($3::text IS NULL OR t.units @> ARRAY[$3::text])

-- name: may_see
-- Whether the caller may know of the ticket at all.
SELECT true FROM views.tickets t WHERE t.id = $4 AND SEEN

-- name: ticket
SELECT SHOWN FROM views.tickets t WHERE t.id = $4 AND SEEN

-- name: named
-- The units and places whose name has $2 in it, or begins with these initials; the closest first.
SELECT n.kind, n.code, n.zh, n.en FROM views.names n
WHERE n.jurisdiction = $1 AND n.kind IN ('unit', 'place')
  AND (strpos(n.plain, $2) > 0 OR starts_with(n.initials, $2))
ORDER BY $2 NOT IN (n.plain, n.initials), length(n.plain), n.kind DESC, n.code LIMIT 20

-- name: names
-- What every code of the jurisdiction is called.
SELECT n.kind, n.code, n.zh, n.en FROM views.names n WHERE n.jurisdiction = $1 ORDER BY n.kind, n.code

-- name: timeline
-- Everything that was asked of the ticket and what came of it, in the record's order; who looked is a list of its own.
SELECT l.partition, l.source, l.seq, l.version, l.at, l.occurred_at, l.kind, l.asked, l.person, l.role, l.unit, l.detail
FROM views.timeline l JOIN views.tickets t ON t.id = l.ticket
WHERE l.ticket = $4 AND SEEN AND l.asked IS DISTINCT FROM 'Look' ORDER BY l.source, l.seq

-- name: urges
-- Who urged whom of the tickets $4: the clock itself, or a person and why; the latest first.
SELECT l.ticket, l.at, l.kind, l.person, l.role, l.detail ->> 'because' AS because
FROM views.timeline l JOIN views.tickets t ON t.id = l.ticket
WHERE l.ticket = ANY ($4::text[]) AND SEEN AND l.kind IN ('DeadlineWarned', 'Urged', 'UrgeOrdered')
ORDER BY l.ticket, l.at DESC, l.source DESC

-- name: sealed
-- Where the sealed fields $5 of a ticket lie in the record.
SELECT DISTINCT l.partition, l."offset" FROM views.timeline l JOIN views.tickets t ON t.id = l.ticket
WHERE l.ticket = $4 AND SEEN AND l.detail -> 'sealed' ?| $5::text[] ORDER BY l."offset"

-- name: looks
-- Who looked at which sealed fields and what for, or was refused to.
SELECT l.partition, l.source, l.at, l.kind, l.person, l.role, l.unit, l.detail
FROM views.timeline l JOIN views.tickets t ON t.id = l.ticket
WHERE l.ticket = $4 AND SEEN AND l.asked = 'Look' ORDER BY l.source DESC

-- name: deadlines
SELECT d.* FROM views.deadlines d JOIN views.tickets t ON t.id = d.ticket
WHERE d.ticket = $4 AND SEEN ORDER BY d.round, d.start, d.clock

-- name: waiting
-- A queue or an inbox: its first rows, and how many there are in all.
SELECT SHOWN, (SELECT count(*) FROM views.tickets t WHERE SEEN AND QUEUE) AS total FROM (
    SELECT t.id FROM views.tickets t WHERE SEEN AND QUEUE RANK LIMIT $4
) w JOIN views.tickets t ON t.id = w.id RANK

-- name: glance
-- The same without what people read: whether a page that shows the list should show another one by now.
SELECT t.id, t.urgency, t.missed, (SELECT count(*) FROM views.tickets t WHERE SEEN AND QUEUE) AS total
FROM views.tickets t WHERE SEEN AND QUEUE RANK LIMIT $4

-- name: next
-- The first of a queue that nobody but person $4 holds, and that $4 has not skipped as it stands.
SELECT SHOWN FROM views.tickets t
WHERE SEEN
  AND NOT EXISTS (SELECT FROM desk.holds h WHERE h.ticket = t.id AND h.person <> $4 AND h.until > now())
  AND NOT EXISTS (SELECT FROM desk.skips s WHERE s.ticket = t.id AND s.person = $4 AND s.version = t.version)
  AND QUEUE RANK LIMIT 1

-- name: still
-- What person $4 holds already, while it waits in the queue.
SELECT SHOWN FROM views.tickets t
WHERE SEEN AND t.id IN (SELECT h.ticket FROM desk.holds h WHERE h.person = $4 AND h.until > now())
  AND QUEUE RANK LIMIT 1

-- name: waits
-- Whether ticket $4 is one of the queue, in whosever hands.
SELECT true FROM views.tickets t WHERE SEEN AND t.id = $4 AND QUEUE RANK

-- name: skips
SELECT s.id, s.ticket, t.number, s.version, s.queue, s.person, s.at, s.reason
FROM desk.skips s JOIN views.tickets t ON t.id = s.ticket
WHERE s.jurisdiction = $1 AND SEEN AND ($4::bigint IS NULL OR s.id < $4) ORDER BY s.id DESC LIMIT $5

-- name: queue_triage
-- 待研判: no rule of the catalogue fits, or an upheld return named no unit.
t.stage IN ('registered', 'accepted') AND t.triaged
ORDER BY array_position(ARRAY['critical', 'urgent', 'ordinary'], t.urgency), t.registered_at, t.id

-- name: queue_returns
-- 退单待裁定.
t.stage = 'return_requested' ORDER BY t.citizen_due NULLS LAST, t.id

-- name: queue_review
-- 答复待审核.
t.stage = 'answered' ORDER BY t.citizen_due NULLS LAST, t.answered_at, t.id

-- name: queue_survey
-- 待回访: whom nobody has called yet first, so that a call that reached nobody gives way to the others.
t.stage = 'surveying' ORDER BY t.attempts, t.surveyed_at NULLS FIRST, t.id

-- name: queue_overdue
-- 超期未办结, the longest overdue first.
t.stage <> 'closed' AND t.missed ORDER BY least(t.citizen_due, t.unit_due) NULLS LAST, t.id

-- name: queue_undelivered
-- 回告失败: the channel could not be told.
t.undelivered > 0 ORDER BY t.changed_at, t.id

-- name: inbox
-- What unit $5 has to do, what is due first on top.
t.stage IN ('assigned', 'signed', 'return_requested', 'redo')
AND t.units @> ARRAY[$5::text] AND (t.lead = $5 OR $5 = ANY (t.assisting))
ORDER BY least(t.unit_due, t.citizen_due) NULLS LAST, t.id

-- name: feed
-- Unit $4's feed after the given source of each partition ($5, $6), at most $7 rows: from each partition a run without
-- a gap, so that the last source of each is where the next page starts.
SELECT f.partition, f.source, f.kind, f.at, f.ticket, t.number, t.stage, t.lead, t.unit_due, t.citizen_due, t.version
FROM (
    SELECT r.*, row_number() OVER (PARTITION BY r.partition ORDER BY r.source) AS nth
    FROM unnest($5::int[], $6::bigint[]) AS since (partition, source)
    CROSS JOIN LATERAL (
        SELECT u.* FROM views.unit_feed u
        JOIN views.tickets t ON t.id = u.ticket
        WHERE u.unit = $4 AND u.partition = since.partition AND u.source > since.source AND SEEN
        ORDER BY u.source LIMIT $7
    ) r
) f JOIN views.tickets t ON t.id = f.ticket
ORDER BY f.nth, f.partition LIMIT $7

-- name: policies
-- Every policy version of the jurisdiction that the first partition was told; each partition is told the same.
SELECT l.ticket AS policy, l.version, l.at, l.person, l.detail FROM views.timeline l
WHERE l.kind = 'PolicyPublished' AND l.partition = 0 AND l.ticket LIKE 'policy/' || $1 || '/%' ORDER BY l.ticket, l.version
