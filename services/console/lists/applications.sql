-- What a unit asked the hotline for. SEEN as in queries.sql; $3 is the unit.

-- name: list
-- Its return requests with their rulings, those that wait first, then the latest; a request is ruled once.
WITH asked AS (
    SELECT t.id, t.number, t.title, t.stage, l.at AS asked_at, l.person, l.source, l.detail ->> 'suggested' AS suggested
    FROM views.tickets t JOIN views.timeline l ON l.ticket = t.id
    WHERE SEEN AND t.units @> ARRAY[$3::text] AND l.kind = 'ReturnRequested' AND l.detail ->> 'unit' = $3
)
SELECT a.id, a.number, a.title, a.asked_at, a.person, a.suggested,
       r.at AS ruled_at, (r.detail ->> 'upheld')::bool AS upheld, r.detail ->> 'to' AS "to"
FROM asked a
LEFT JOIN LATERAL (
    SELECT l.at, l.detail FROM views.timeline l
    WHERE l.ticket = a.id AND l.kind = 'ReturnRuled' AND l.source > a.source ORDER BY l.source LIMIT 1
) r ON true
ORDER BY r.at IS NOT NULL, a.asked_at DESC, a.id LIMIT $4
