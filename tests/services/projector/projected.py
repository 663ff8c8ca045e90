"""The views of a test: a projector in the test's own loop until it has read everything, then rows as they stand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from services.projector.app import Projector
from shared.health import Health
from shared.kafka import EVENTS, end_of
from shared.keys import Keyring
from shared.postgres import open_pool
from shared.settings import Settings


@asynccontextmanager
async def open_keyring(settings: Settings) -> AsyncIterator[Keyring]:
    """A keyring for the length of the block."""
    pool = await open_pool(settings, 2)
    try:
        yield Keyring(pool, settings)
    finally:
        await pool.close()


@asynccontextmanager
async def projecting(settings: Settings) -> AsyncIterator[Projector]:
    """A projector that runs for the length of the block."""
    async with open_keyring(settings) as keyring:
        projector = Projector(settings, Health("start"), keyring)
        task = asyncio.create_task(projector.run())
        try:
            yield projector
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """A connection that reads the live views."""
    connection = await asyncpg.connect(settings.database, server_settings={"search_path": "views"})
    try:
        yield connection
    finally:
        await connection.close()


async def until_caught_up(settings: Settings, partitions: list[int] | None = None) -> None:
    """Returns once the views hold what these partitions of the topic hold now."""
    wanted = range(settings.partitions) if partitions is None else partitions
    ends = {p: await end_of(settings, EVENTS, p) for p in wanted}
    async with connected(settings) as connection, asyncio.timeout(30):
        while not await _reached(connection, ends):
            await asyncio.sleep(0.02)


async def _reached(connection: asyncpg.Connection, ends: dict[int, int]) -> bool:
    try:
        rows = await connection.fetch('SELECT partition, "offset" FROM positions')
    except asyncpg.UndefinedTableError:
        return False
    at = dict(map(tuple, rows))
    return all(at.get(partition, -1) >= end - 1 for partition, end in ends.items())


async def project(settings: Settings) -> None:
    """Project everything that the topics hold now."""
    async with projecting(settings):
        await until_caught_up(settings)


async def rows(settings: Settings, sql: str, *values: object) -> list[dict[str, Any]]:
    """What a query on the views gives."""
    async with connected(settings) as connection:
        return [dict(row) for row in await connection.fetch(sql, *values)]


async def ticket_row(settings: Settings, ticket: str) -> dict[str, Any]:
    """The row of one ticket."""
    (row,) = await rows(settings, "SELECT * FROM tickets WHERE id = $1", ticket)
    return row
