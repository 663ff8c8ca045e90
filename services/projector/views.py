"""The views in Postgres: which version is there, how they are made, and where they stand.

Every statement names its tables bare: the connection's ``search_path`` says whether they are the live ones or a
shadow.
"""

from hashlib import sha256
from pathlib import Path

from asyncpg import Connection

from services.projector.batch import Position
from services.projector.errors import OtherViews
from shared.book import BOOK
from shared.chain import genesis
from shared.figures import COUNTS
from shared.postgres import LOCK

LIVE = "views"
FILE = Path(__file__).with_name("views.sql")
_FIGURES = ", ".join(f'"{name}" int NOT NULL' for name in COUNTS)
SQL = FILE.read_text(encoding="utf-8").replace("FIGURES", _FIGURES)
VERSION = sha256(f"{SQL} {sorted(COUNTS.items())}".encode()).hexdigest()
"""Of the tables and of what is counted in them: another definition of a figure makes other views."""

_VERSION = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = $1"
_BEGIN = """
INSERT INTO positions SELECT p, -1, -1, 1, h FROM unnest($1::int[], $2::bytea[]) AS new (p, h) ON CONFLICT DO NOTHING
"""
_POSITIONS = 'SELECT partition, "offset", source, epoch, head FROM positions ORDER BY partition'


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
    await connection.execute(SQL)
    numbers = list(range(partitions))
    await connection.execute(_BEGIN, numbers, [genesis(BOOK, number) for number in numbers])


async def positions(connection: Connection) -> list[Position]:
    """Where the views stand, by partition."""
    return [Position(*row) for row in await connection.fetch(_POSITIONS)]
