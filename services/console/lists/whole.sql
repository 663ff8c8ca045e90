-- What is asked of any list of tickets: LIST is its statement, which limits itself; PAGE is how many rows a page shows.

-- name: how_many
SELECT count(*) FROM (LIST) counted

-- name: glance
-- Those of the first page without what people read, and how many there are.
WITH listed AS MATERIALIZED (SELECT l.id, row_number() OVER () AS place FROM (LIST) l)
SELECT t.id, t.urgency, t.missed, (SELECT count(*) FROM listed) AS total
FROM listed JOIN views.tickets t ON t.id = listed.id WHERE listed.place <= PAGE ORDER BY listed.place

-- name: glance_told
-- The same of a list whose rows tell how many there are.
WITH listed AS MATERIALIZED (SELECT l.id, l.total, row_number() OVER () AS place FROM (LIST) l)
SELECT t.id, t.urgency, t.missed, listed.total FROM listed JOIN views.tickets t ON t.id = listed.id ORDER BY listed.place
