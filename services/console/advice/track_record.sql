-- What earlier tickets say of units. SEEN as in queries.sql: $1 jurisdiction, $2 scopes, $3 unit.

-- name: precedents
-- Of the last $7 tickets of topic $4 but $6 itself: how many each unit got in the first round, at place $5 (here) and
-- elsewhere, and how many stayed with it, that is without a return that was upheld.
WITH earlier AS (
    SELECT t.id, t.place IS NOT DISTINCT FROM $5::text AS here FROM views.tickets t
    WHERE SEEN AND (t.topic = $4::text OR ($4::text IS NULL AND t.topic IS NULL))
      AND t.id <> $6 AND (t.lead IS NOT NULL OR t.returns > 0)
    ORDER BY t.registered_at DESC, t.id DESC LIMIT $7
), given AS (
    SELECT DISTINCT e.id, e.here, l.detail ->> 'lead' AS unit
    FROM earlier e JOIN views.timeline l ON l.ticket = e.id
    WHERE l.kind = 'Assigned' AND l.detail ->> 'round' = '1'
), returned AS (
    SELECT DISTINCT e.id, l.detail ->> 'unit' AS unit
    FROM earlier e JOIN views.timeline l ON l.ticket = e.id
    WHERE l.kind = 'ReturnRuled' AND (l.detail ->> 'upheld')::bool
)
SELECT g.unit, g.here, count(*) AS given, count(*) - count(r.id) AS stayed
FROM given g LEFT JOIN returned r ON r.id = g.id AND r.unit = g.unit GROUP BY g.unit, g.here

-- name: loads
-- How many open tickets each of these units leads.
SELECT t.lead AS unit, count(*) AS open FROM views.tickets t
WHERE SEEN AND t.stage <> 'closed' AND t.lead = ANY ($4::text[]) GROUP BY t.lead

-- name: answers
-- Of unit $4's last $5 answers that were reviewed: how many, and how many were sent back.
WITH answered AS (
    SELECT l.ticket, l.partition, l.source FROM views.timeline l JOIN views.tickets t ON t.id = l.ticket
    WHERE SEEN AND l.unit = $4 AND l.kind = 'Answered' ORDER BY l.at DESC LIMIT $5
)
SELECT count(r.kind) AS reviewed, count(r.kind) FILTER (WHERE r.kind = 'AnswerSentBack') AS sent_back
FROM answered a CROSS JOIN LATERAL (
    SELECT l.kind FROM views.timeline l
    WHERE l.ticket = a.ticket AND l.partition = a.partition AND l.source > a.source
      AND l.kind IN ('AnswerApproved', 'AnswerSentBack')
    ORDER BY l.source LIMIT 1
) r
