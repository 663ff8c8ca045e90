-- The figures of shared/figures.py. $1 to $3 are the caller, as in queries.sql. KEY is t.channel or t.lead;
-- [$4, $5) is when the tickets were registered, from a midnight of Shanghai to another; $6 is a channel, null for all.

-- name: numbers
-- Every figure of every KEY, from what the projector counted of each day: over a year as quick as over a day.
SELECT KEY AS key, FIGURES FROM views.figures t
WHERE t.jurisdiction = $1 AND (t.scope = '' OR t.scope = ANY ($2::text[]))
  AND KEY <> '' AND ($3::text IS NULL OR t.lead = $3)
  AND ($4::timestamptz IS NULL OR t.day >= ($4 AT TIME ZONE 'Asia/Shanghai')::date)
  AND ($5::timestamptz IS NULL OR t.day < ($5 AT TIME ZONE 'Asia/Shanghai')::date)
  AND ($6::text IS NULL OR t.channel = $6)
GROUP BY KEY HAVING sum(t.received) > 0 ORDER BY KEY

-- name: counted
-- A unit is counted by what it leads: of other units' tickets it sees only those that it shares.
KEY IS NOT NULL AND ($3::text IS NULL OR t.lead = $3)
AND ($4::timestamptz IS NULL OR t.registered_at >= $4) AND ($5::timestamptz IS NULL OR t.registered_at < $5)
AND ($6::text IS NULL OR t.channel = $6)

-- name: behind
-- The very tickets that a figure of the keys $7 (null for all) counts.
COUNTED AND ($7::text[] IS NULL OR KEY = ANY ($7)) AND BEHIND
