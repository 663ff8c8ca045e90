"""The views in Postgres: made, read for a batch, and written with its positions in one transaction.

Every statement names its tables bare: the connection's ``search_path`` says whether they are the live ones or a
shadow.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any

from asyncpg import Connection
from msgspec.structs import astuple

from services.projector import fold
from services.projector.batch import Batch, Position
from services.projector.errors import OtherViews, StaleProjector
from services.projector.masking import masked
from services.projector.rows import COLUMNS, DeadlineRow, Rows, TicketRow
from shared.book import BOOK
from shared.chain import genesis
from shared.postgres import LOCK
from shared.sealing import SealingError, TicketKey
from shared.ticket.words import Sealed

LIVE = "views"
FILE = Path(__file__).with_name("views.sql")
VERSION = sha256(FILE.read_bytes()).hexdigest()

_VERSION = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = $1"
_BEGIN = """
INSERT INTO positions SELECT p, -1, -1, 1, h FROM unnest($1::int[], $2::bytea[]) AS new (p, h) ON CONFLICT DO NOTHING
"""
_POSITIONS = 'SELECT partition, "offset", source, epoch, head FROM positions ORDER BY partition'
# Moves the positions only where they are what this process left there, and tells those who wait for the views.
_ADVANCE = """
WITH moved AS (
    UPDATE positions p SET "offset" = n."offset", source = n.source, epoch = n.epoch, head = n.head
    FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::int[], $6::bytea[])
        AS n (partition, expected, "offset", source, epoch, head)
    WHERE p.partition = n.partition AND p."offset" = n.expected
    RETURNING p.partition, p.source
)
SELECT pg_notify('views', partition || ':' || source) FROM moved
"""
# Rows that a batch may change are taken out, and put back as they are after it.
_TAKE_TICKETS = "DELETE FROM tickets WHERE id = ANY($1::text[]) RETURNING *"
_TAKE_DEADLINES = """
DELETE FROM deadlines d USING unnest($1::text[], $2::text[]) AS t (ticket, clock)
WHERE d.ticket = t.ticket AND d.clock = t.clock RETURNING d.*
"""


async def version(connection: Connection, schema: str) -> str | None:
    """The version of a schema's views; None where there is no such schema."""
    found = await connection.fetchrow(_VERSION, schema)
    return None if found is None else found[0] or ""


async def make(connection: Connection, partitions: int) -> None:
    """Make the live views of this version if there are none, every partition at its start.

    Raises OtherViews if they are there in another version.
    """
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        found = await version(connection, LIVE)
        if found is None:
            await create(connection, LIVE, partitions)
        elif found != VERSION:
            raise OtherViews("the views are of another version: run ./huiyin rebuild --swap")


async def create(connection: Connection, schema: str, partitions: int) -> None:
    """Make a schema with the empty views, within the caller's transaction."""
    await connection.execute(f"CREATE SCHEMA {schema}")
    await connection.execute(f"COMMENT ON SCHEMA {schema} IS '{VERSION}'")
    await connection.execute(f"SET LOCAL search_path TO {schema}")
    await connection.execute(FILE.read_text(encoding="utf-8"))
    numbers = list(range(partitions))
    await connection.execute(_BEGIN, numbers, [genesis(BOOK, number) for number in numbers])


async def positions(connection: Connection) -> list[Position]:
    """Where the views stand, by partition."""
    return [Position(*row) for row in await connection.fetch(_POSITIONS)]


async def write(connection: Connection, batch: Batch, keys: dict[str, TicketKey]) -> None:
    """Fold a batch into the views; the caller's transaction holds it all.

    1. Move the positions. Raises StaleProjector if they are not where this process left them.
    2. Take out the rows that the batch may change, fold, and put them back.
    """
    await _advance(connection, batch)
    rows = fold.fold(await _take(connection, batch), batch.placed, _opener(keys))
    for view, columns in COLUMNS.items():
        held: Any = getattr(rows, view)
        if held:
            records = [astuple(row) for row in (held.values() if isinstance(held, dict) else held)]
            await connection.copy_records_to_table(view, records=records, columns=columns)


async def _advance(connection: Connection, batch: Batch) -> None:
    after = batch.after
    moved = await connection.fetch(
        _ADVANCE,
        [p.partition for p in after],
        [batch.before[p.partition] for p in after],
        [p.offset for p in after],
        [p.source for p in after],
        [p.epoch for p in after],
        [p.head for p in after],
    )
    if len(moved) != len(after):
        raise StaleProjector(f"{len(after) - len(moved)} of {len(after)} partitions stand elsewhere")


async def _take(connection: Connection, batch: Batch) -> Rows:
    tickets = fold.tickets_of(batch.placed)
    clocks = fold.clocks_of(batch.placed)
    held = await connection.fetch(_TAKE_TICKETS, list(tickets)) if tickets else []
    running = await connection.fetch(_TAKE_DEADLINES, *map(list, zip(*clocks, strict=True))) if clocks else []
    return Rows.known([TicketRow(*row) for row in held], [DeadlineRow(*row) for row in running])


def _opener(keys: dict[str, TicketKey]) -> fold.Opener:
    def opened(ticket: str, sealed: Sealed) -> str | None:
        try:
            return masked(keys[ticket].open("title", sealed))
        except (KeyError, SealingError, UnicodeDecodeError):
            return None

    return opened
