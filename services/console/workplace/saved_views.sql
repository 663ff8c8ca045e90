-- Lists that people named. Every statement takes the caller first: $1 jurisdiction, $2 person, $3 unit (null for whoever
-- is of none).

-- name: shown
v.jurisdiction = $1 AND (v.person = $2 OR (v.audience = 'unit' AND v.unit = $3)
                         OR (v.audience = 'jurisdiction' AND $3::text IS NULL))

-- name: all
-- Pinned ones first, then by name.
SELECT v.id, v.person, v.audience, v.name, v.address, v.pinned FROM desk.saved_views v
WHERE SHOWN ORDER BY v.pinned DESC, v.name, v.id

-- name: save
-- Unless the person has $7 already.
INSERT INTO desk.saved_views (jurisdiction, person, unit, audience, name, address)
SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM desk.saved_views v WHERE v.person = $2) < $7 RETURNING id

-- name: change
-- Of the unit that the person is of now.
UPDATE desk.saved_views v SET unit = $3, name = $5, audience = $6, pinned = $7
WHERE v.id = $4 AND v.person = $2 AND SHOWN RETURNING id

-- name: drop
DELETE FROM desk.saved_views v WHERE v.id = $4 AND v.person = $2 AND SHOWN RETURNING id
