-- 流转中. SEEN and SHOWN as in queries.sql.

-- name: circulating
-- Not answered yet, and handed on or signed by nobody; who has waited longest first.
WITH waiting AS (
    SELECT t.id, t.clock_from FROM views.tickets t
    WHERE SEEN AND t.stage <> 'closed' AND t.stage NOT IN ('answered', 'surveying')
      AND (t.signed_at IS NULL OR t.assignments > 1 OR t.returns > 0)
)
SELECT SHOWN, (SELECT count(*) FROM waiting) AS total
FROM (SELECT w.id FROM waiting w ORDER BY w.clock_from, w.id LIMIT $4 OFFSET $5) w JOIN views.tickets t ON t.id = w.id
ORDER BY t.clock_from, t.id
