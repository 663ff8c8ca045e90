-- Answers on their way from a unit's handler to its approver. SEEN as in queries.sql; WAITING is the one condition of
-- what waits for an approver, and the inbox counts by it.

-- name: waiting
-- A submitted answer waits while the ticket is where it was: with the same unit, unanswered, in the same round. By the
-- ticket's version and not by time: an answer that the views had not met yet has an earlier time and a later version.
s.status = 'waiting' AND s.unit = t.lead AND s.round = t.round AND t.stage = 'signed' AND s.at > t.assigned_at
AND NOT EXISTS (SELECT FROM views.timeline l WHERE l.ticket = t.id AND l.kind = 'Answered' AND l.version > s.version)

-- name: submit
-- Only by the unit that leads the ticket and has it in hand. What it submitted before is replaced.
WITH held AS (
    SELECT t.id, t.round, t.version FROM views.tickets t WHERE t.id = $4 AND SEEN AND t.lead = $3 AND t.stage = 'signed'
), before AS (
    UPDATE desk.signoffs s SET status = 'replaced', settled_at = now()
    FROM held WHERE s.ticket = held.id AND s.status = 'waiting' RETURNING s.id
)
INSERT INTO desk.signoffs (ticket, unit, round, version, person, fields)
SELECT held.id, $3, held.round, held.version, $5, $6 FROM held WHERE (SELECT count(*) FROM before) >= 0 RETURNING id

-- name: of
-- What a unit submitted in the ticket's round, the latest first.
SELECT s.*, CASE WHEN s.status = 'waiting' AND WAITING IS NOT TRUE THEN 'gone_on' ELSE s.status END AS standing
FROM desk.signoffs s JOIN views.tickets t ON t.id = s.ticket
WHERE s.ticket = $4 AND SEEN AND s.unit = $3 AND s.round = t.round ORDER BY s.id DESC

-- name: settle
-- The same decision of the same person again, as by a double click, is that decision.
UPDATE desk.signoffs SET status = $3, settled_by = $4, settled_at = now(), reason = $5
WHERE id = $1 AND ticket = $2 AND (status = 'waiting' OR (status = $3 AND settled_by = $4)) RETURNING true

-- name: approver
-- Whether somebody who can come in signs off for unit $2.
SELECT EXISTS (
    SELECT FROM accounts.account a
    WHERE a.jurisdiction = $1 AND a.unit = $2 AND (a.duties = '{}' OR 'approver' = ANY (a.duties))
      AND (EXISTS (SELECT FROM accounts.password p WHERE p.account = a.id)
           OR EXISTS (SELECT FROM accounts.token k
                      WHERE k.account = a.id AND k.revoked IS NULL AND k.expires > now()))
)
