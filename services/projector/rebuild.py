"""The views made again from the record, beside the live ones: compared, and swapped if asked (design §7)."""

import asyncio
from contextlib import aclosing
from time import perf_counter
from typing import Any

import asyncpg
from msgspec import Struct, json

from services.projector import views
from services.projector.batch import Reading
from services.projector.errors import BrokenPartition, OtherViews
from services.projector.writer import Writer
from shared.kafka import EVENTS, end_of, read
from shared.keys import Keyring
from shared.postgres import open_pool
from shared.settings import Settings

SHADOW = "views_shadow"
OLD = "views_old"
NAMED = 100
"""Most rows of a view that are named; all are counted."""
KEYS: dict[str, tuple[str, ...]] = {
    "positions": ("partition",),
    "tickets": ("id",),
    "timeline": ("ticket", "partition", "source", "seq"),
    "deadlines": ("ticket", "clock", "round"),
    "unit_feed": ("unit", "partition", "source"),
    "deliveries": ("ticket", "purpose", "round"),
    "policies": ("jurisdiction", "kind", "version"),
    "titles": ("id",),
    "unit_tickets": ("jurisdiction", "unit", "registered_at", "id"),
    "names": ("jurisdiction", "kind", "code"),
    "rulings": ("ticket",),
    "figures": ("jurisdiction", "day", "partition", "channel", "lead", "scope"),
}
"""Every view and what names a row of it."""
_decode = json.Decoder(dict[str, Any]).decode
HIDDEN = {"title", "words"}
"""Opened from sealed text: a difference is told without what differs."""


class Difference(Struct, frozen=True):
    """One column of one row (or the whole row, ``*``) that is not what the record says."""

    view: str
    key: dict[str, Any]
    column: str
    live: Any
    rebuilt: Any


class Compared(Struct, frozen=True):
    """One view: how many rows the record makes, how many of the live ones differ."""

    rows: int
    differ: int


class Rebuilt(Struct):
    """The outcome, by view; ``differences`` names the first of each."""

    views: dict[str, Compared]
    differences: list[Difference]
    entries: int
    replay_seconds: float
    compare_seconds: float

    @property
    def differ(self) -> int:
        """Rows that differ, over all views."""
        return sum(view.differ for view in self.views.values())


async def rebuild(settings: Settings, swap: bool = False) -> Rebuilt:
    """Make the views again, compare, and with ``swap`` put the new ones in the place of the live ones.

    1. One repeatable-read transaction sees the live views as of one moment. In it the shadow is made, filled from
       the record up to the very offsets of the live positions, and compared. Without ``swap`` it is rolled back.
    2. With ``swap`` it is committed, catches up while the projector goes on, and
    3. in one transaction, while nobody can move the live positions, catches up for good and takes their name.
    If the process dies before the end of 3, the live views are as they were, and the next rebuild clears the shadow.

    Raises OtherViews if the live ones cannot be compared (another version, or none) and no swap is asked for, and
    BrokenPartition if an entry that the live views hold cannot be read any more.
    """
    pool = await open_pool(settings, 2)
    keyring = Keyring(pool, settings)
    connection = await asyncpg.connect(settings.database)
    try:
        await keyring.prepare()
        await connection.execute(f"DROP SCHEMA IF EXISTS {SHADOW}, {OLD} CASCADE")
        outcome = await _beside(connection, settings, keyring, swap)
        if swap:
            await _swap(connection, settings, keyring)
        return outcome
    finally:
        await connection.close()
        await pool.close()


async def _beside(
    connection: asyncpg.Connection, settings: Settings, keyring: Keyring, keep: bool
) -> Rebuilt:
    transaction = connection.transaction(isolation="repeatable_read")
    await transaction.start()
    try:
        comparable = await _comparable(connection)
        if not comparable and not keep:
            raise OtherViews("there are no live views of this version: start the projector, or use --swap")
        ends = await _ends(connection) if comparable else {}
        await views.create(connection, SHADOW, settings.partitions)
        began = perf_counter()
        entries = await _replay(connection, settings, keyring, ends)
        replayed = perf_counter()
        same, differences = await compared(connection) if comparable else ({}, [])
        outcome = Rebuilt(same, differences, entries, replayed - began, perf_counter() - replayed)
    except BaseException:
        await transaction.rollback()
        raise
    await (transaction.commit() if keep else transaction.rollback())
    return outcome


async def _comparable(connection: asyncpg.Connection) -> bool:
    return await views.version(connection, views.LIVE) == views.VERSION


async def _ends(connection: asyncpg.Connection) -> dict[int, int]:
    """The offset behind the last record of each partition that the live views hold."""
    await connection.execute(f"SET LOCAL search_path TO {views.LIVE}")
    return {position.partition: position.offset + 1 for position in await views.positions(connection)}


async def _replay(
    connection: asyncpg.Connection, settings: Settings, keyring: Keyring, ends: dict[int, int]
) -> int:
    """Fill the shadow up to these offsets, all partitions at once: one is folded while Postgres takes another.

    Gives how many entries counted.
    """
    await connection.execute(f"SET LOCAL search_path TO {SHADOW}")
    await connection.execute("SET LOCAL enable_seqscan TO off")
    reading = Reading(await views.positions(connection))
    writer = Writer(connection, keyring)
    try:
        async with asyncio.TaskGroup() as group:
            filling = [
                group.create_task(_fill(writer, settings, reading, partition, end))
                for partition, end in ends.items()
            ]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return sum(task.result() for task in filling)


async def _fill(writer: Writer, settings: Settings, reading: Reading, partition: int, end: int) -> int:
    start, entries = reading.offsets[partition] + 1, 0
    async with aclosing(read(settings, EVENTS, partition, start, end)) as batches:
        async for records in batches:
            batch = reading.take([records])
            for bad in batch.bad:
                where = f"partition {partition}, offset {bad.record.offset}"
                raise BrokenPartition(f"{where}: {bad.because}")
            await writer.write(batch)
            entries += len(batch.placed)
    return entries


async def compared(connection: asyncpg.Connection) -> tuple[dict[str, Compared], list[Difference]]:
    """The live views and the shadow, row by row, as the caller's transaction sees them."""
    await connection.execute("SET LOCAL enable_seqscan TO on")
    found: dict[str, Compared] = {}
    differences: list[Difference] = []
    for view, key in KEYS.items():
        rows = await connection.fetchval(f"SELECT count(*) FROM {_rows(SHADOW, view)} s")  # noqa: S608
        different = await connection.fetch(_difference(view, key))
        found[view] = Compared(rows, len(different))
        for live, rebuilt in different[:NAMED]:
            differences += _named(view, key, live, rebuilt)
    return found, differences


def _difference(view: str, key: tuple[str, ...]) -> str:
    """Rows that are not the same on both sides, each as a JSON object, null where there is none."""
    return f"""
        SELECT to_jsonb(l)::text, to_jsonb(s)::text
        FROM {_rows(views.LIVE, view)} l FULL JOIN {_rows(SHADOW, view)} s USING ({", ".join(f'"{k}"' for k in key)})
        WHERE l IS DISTINCT FROM s
        ORDER BY 1, 2
    """  # noqa: S608 (the names are those of the tables above)


def _rows(schema: str, view: str) -> str:
    """A view as it is compared; figures that count nothing (their tickets went to another unit) are as good as none."""
    rows = f"{schema}.{view}"
    return f"(SELECT * FROM {rows} WHERE received > 0)" if view == "figures" else rows  # noqa: S608


def _named(view: str, key: tuple[str, ...], live: str | None, rebuilt: str | None) -> list[Difference]:
    was, now = _row(live), _row(rebuilt)
    some = was or now
    named = {column: some[column] for column in key}
    if not was or not now:
        return [Difference(view, named, "*", bool(was), bool(now))]
    return [
        Difference(view, named, column, *_shown(column, was[column], now[column]))
        for column in now
        if was[column] != now[column]
    ]


def _row(text: str | None) -> dict[str, Any]:
    return _decode(text) if text else {}


def _shown(column: str, live: Any, rebuilt: Any) -> tuple[Any, Any]:
    return ("(hidden)", "(hidden)") if column in HIDDEN else (live, rebuilt)


async def _swap(connection: asyncpg.Connection, settings: Settings, keyring: Keyring) -> None:
    live = await views.version(connection, views.LIVE) is not None
    async with connection.transaction():
        ends = await _ends(connection) if live else await _whole(settings)
        await _replay(connection, settings, keyring, ends)
    async with connection.transaction():
        if live:
            await connection.execute(f"LOCK TABLE {views.LIVE}.positions IN ACCESS EXCLUSIVE MODE")
            await _replay(connection, settings, keyring, await _ends(connection))
            await connection.execute(f"ALTER SCHEMA {views.LIVE} RENAME TO {OLD}")
        await connection.execute(f"ALTER SCHEMA {SHADOW} RENAME TO {views.LIVE}")
    await connection.execute(f"DROP SCHEMA IF EXISTS {OLD} CASCADE")


async def _whole(settings: Settings) -> dict[int, int]:
    return {partition: await end_of(settings, EVENTS, partition) for partition in range(settings.partitions)}
