-- Sentences that people keep. Every statement takes the caller first: $1 jurisdiction, $2 person, $3 unit (null for
-- whoever is of none).

-- name: shown
p.jurisdiction = $1 AND (p.person = $2 OR (p.audience = 'unit' AND p.unit = $3)
                         OR (p.audience = 'jurisdiction' AND $3::text IS NULL))

-- name: all
-- One's own first, each in the order in which they were kept.
SELECT p.id, p.person, p.audience, p.text FROM desk.phrases p WHERE SHOWN ORDER BY p.person <> $2, p.id

-- name: save
-- Unless the person has $6 already.
INSERT INTO desk.phrases (jurisdiction, person, unit, audience, text)
SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM desk.phrases p WHERE p.person = $2) < $6 RETURNING id

-- name: change
-- Of the unit that the person is of now.
UPDATE desk.phrases p SET unit = $3, audience = $5, text = $6 WHERE p.id = $4 AND p.person = $2 AND SHOWN RETURNING id

-- name: drop
DELETE FROM desk.phrases p WHERE p.id = $4 AND p.person = $2 AND SHOWN RETURNING id
