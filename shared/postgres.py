"""Postgres as Huiyin uses it: one pool a process, schemas made from SQL files under a lock."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import asyncpg

from shared.settings import Settings

LOCK = 0x48755969
"""Advisory lock under which schemas are made, so that services starting at once do not collide."""


async def open_pool(
    settings: Settings,
    size: int = 4,
    seconds: float = 30,
    server: dict[str, str] | None = None,
    reset: bool = True,
) -> asyncpg.Pool:
    """A pool that waits for Postgres for up to a minute; then the process ends and is started again.

    seconds   a statement that takes longer raises TimeoutError
    server    Postgres settings for these connections
    reset     whether a connection that comes back is cleaned of what its session set, at a round trip each time
    """
    for attempt in range(120):
        try:
            return await asyncpg.create_pool(
                settings.database,
                min_size=1,
                max_size=size,
                command_timeout=seconds,
                server_settings=server,
                reset=None if reset else _as_it_is,
            )
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError):
            if attempt == 119:
                raise
            await asyncio.sleep(0.5)
    raise AssertionError


async def _as_it_is(_: asyncpg.Connection) -> None:
    """For pools whose users leave nothing behind."""


async def make_schema(pool: asyncpg.Pool, file: Path) -> None:
    """Run a file of ``CREATE … IF NOT EXISTS`` statements, one process at a time."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        await connection.execute(file.read_text(encoding="utf-8"))  # noqa: ASYNC240  a small file, once


def columns(rows: Sequence[tuple[object, ...]], width: int) -> list[tuple[object, ...]]:
    """Rows as the arrays of an ``unnest``; so many empty ones where there is no row."""
    return list(zip(*rows, strict=True)) if rows else [()] * width
