-- What is asked of any list of tickets: LIST is its statement, which limits itself.

-- name: glance
-- The first hundred without what people read, as a page shows them, and how many there are.
WITH listed AS MATERIALIZED (SELECT l.id, row_number() OVER () AS place FROM (LIST) l)
SELECT t.id, t.urgency, t.missed, (SELECT count(*) FROM listed) AS total
FROM listed JOIN views.tickets t ON t.id = listed.id WHERE listed.place <= 100 ORDER BY listed.place
