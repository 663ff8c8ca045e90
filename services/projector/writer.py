"""A batch into the views with its positions: what it changes is taken out, folded, and put back (design §7).

Two statements a batch, however many views and rows it changes.
"""

import asyncio
from typing import Literal

from asyncpg import Connection
from msgspec import json

from services.projector.batch import Batch
from services.projector.errors import StaleProjector
from shared.figures import COUNTS
from shared.keys import Keyring
from shared.sealing import SealingError, TicketKey
from shared.ticket.words import Sealed
from shared.views import fold
from shared.views.masking import masked
from shared.views.rows import DeadlineRow, Rows, TicketRow

BY_INDEX = {"enable_seqscan": "off"}
"""For whoever writes: a plan made while the views are empty reads them whole, and is kept when they are full."""


def _counted(sign: Literal["+", "-"]) -> str:
    """The tickets ``t`` of a statement, counted in or out of the figures of their days."""
    counts = ", ".join(f"{sign} count(*) FILTER (WHERE {condition})" for condition in COUNTS.values())
    sums = ", ".join(f'"{name}" = figures."{name}" + excluded."{name}"' for name in COUNTS)
    return _COUNTED.replace("COUNTS", counts).replace("SUMS", sums)


_COUNTED = """
INSERT INTO figures
SELECT jurisdiction, (registered_at AT TIME ZONE 'Asia/Shanghai')::date, partition, channel, coalesce(lead, ''),
    coalesce(scope, ''), COUNTS
FROM t GROUP BY 1, 2, 3, 4, 5, 6
ON CONFLICT (jurisdiction, day, partition, channel, lead, scope) DO UPDATE SET SUMS
"""

# 1. Moves the positions, only where they are what this process left there, and tells those who wait for the views.
# 2. Takes out the rows that the batch may change; they are put back as they are after it.
_TAKE = """
WITH moved AS (
    UPDATE positions p SET "offset" = n."offset", source = n.source, epoch = n.epoch, head = n.head
    FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::int[], $6::bytea[])
        AS n (partition, expected, "offset", source, epoch, head)
    WHERE p.partition = n.partition AND p."offset" = n.expected
    RETURNING pg_notify('views', p.partition || ':' || p.source)
), t AS (
    DELETE FROM tickets WHERE id = ANY($7::text[]) RETURNING *
), d AS (
    DELETE FROM deadlines d USING unnest($8::text[], $9::text[]) AS n (ticket, clock)
    WHERE d.ticket = n.ticket AND d.clock = n.clock RETURNING d.*
), f AS (COUNTED_OUT)
SELECT (SELECT count(*) FROM moved), (SELECT json_agg(t)::text FROM t), (SELECT json_agg(d)::text FROM d)
""".replace("COUNTED_OUT", _counted("-"))
# The rows of each view as a JSON array: an array a column would cost Postgres a third less, and this process five times
# as much.
_PUT = """
WITH t AS (INSERT INTO tickets SELECT * FROM json_populate_recordset(NULL::tickets, $1::json) RETURNING *),
c AS (COUNTED_IN),
d AS (INSERT INTO deadlines SELECT * FROM json_populate_recordset(NULL::deadlines, $2::json)),
l AS (INSERT INTO timeline SELECT * FROM json_populate_recordset(NULL::timeline, $3::json)),
f AS (INSERT INTO unit_feed SELECT * FROM json_populate_recordset(NULL::unit_feed, $4::json)),
r AS (INSERT INTO deliveries SELECT * FROM json_populate_recordset(NULL::deliveries, $5::json)),
p AS (INSERT INTO policies SELECT * FROM json_populate_recordset(NULL::policies, $6::json)),
s AS (
    INSERT INTO titles SELECT * FROM json_populate_recordset(NULL::titles, $7::json)
    ON CONFLICT (id) DO UPDATE SET words = excluded.words, units = excluded.units RETURNING *
), h AS (
    INSERT INTO unit_tickets SELECT s.jurisdiction, unit, s.registered_at, s.id FROM s, unnest(s.units) unit
    ON CONFLICT DO NOTHING
), u AS (INSERT INTO rulings SELECT * FROM json_populate_recordset(NULL::rulings, $9::json)
), n AS (
    INSERT INTO names SELECT * FROM json_populate_recordset(NULL::names, $8::json)
    ON CONFLICT (jurisdiction, kind, code)
    DO UPDATE SET zh = excluded.zh, en = excluded.en, plain = excluded.plain, initials = excluded.initials
)
SELECT
""".replace("COUNTED_IN", _counted("+"))

_json = json.Encoder().encode
_tickets = json.Decoder(list[TicketRow]).decode
_deadlines = json.Decoder(list[DeadlineRow]).decode


class Writer:
    """Folds batches into the views, in the caller's transaction.

    Batches of different partitions may be written at once: one is folded while Postgres takes another.
    """

    def __init__(self, connection: Connection, keyring: Keyring) -> None:
        self.connection = connection
        self._keyring = keyring
        self._one = asyncio.Lock()
        """A connection takes one statement at a time."""

    async def write(self, batch: Batch) -> None:
        """Raises StaleProjector if the positions are not where this process left them."""
        touched = fold.touched(batch.placed)
        keys = await self._keyring.existing(touched.titled)
        rows = fold.fold(await self._take(batch, touched), batch.placed, _opener(keys))
        changed = (list(rows.tickets.values()), list(rows.deadlines.values()))
        added = (rows.timeline, rows.unit_feed, rows.deliveries, rows.policies)
        replaced = (list(rows.titles.values()), list(rows.names.values()))
        arrays = [_json(view).decode() for view in (*changed, *added, *replaced, rows.rulings)]
        async with self._one:
            await self.connection.execute(_PUT, *arrays)

    async def _take(self, batch: Batch, touched: fold.Touched) -> Rows:
        after = batch.after
        async with self._one:
            moved, tickets, deadlines = await self.connection.fetchrow(
                _TAKE,
                [p.partition for p in after],
                [batch.before[p.partition] for p in after],
                [p.offset for p in after],
                [p.source for p in after],
                [p.epoch for p in after],
                [p.head for p in after],
                list(touched.tickets),
                [ticket for ticket, _ in touched.clocks],
                [clock for _, clock in touched.clocks],
            )
        if moved != len(after):
            raise StaleProjector(f"{len(after) - moved} of {len(after)} partitions stand elsewhere")
        return Rows.known(_tickets(tickets or "[]"), _deadlines(deadlines or "[]"))


def _opener(keys: dict[str, TicketKey]) -> fold.Opener:
    def opened(ticket: str, sealed: Sealed) -> str | None:
        try:
            return masked(keys[ticket].open("title", sealed))
        except (KeyError, SealingError, UnicodeDecodeError):
            return None

    return opened
