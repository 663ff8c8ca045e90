"""What people may read: one function a question, each bound to the caller's jurisdiction, scopes and unit.

Pages and JSON read through these, so that a number and its list, a page and the API, cannot disagree.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from asyncpg import Connection, Pool, Record
from msgspec import Raw, convert

from services.console import cursors
from services.console.people.accounts import Account
from services.console.rows import SHOWN, Feed, Name, TicketRow, Waiting, row_of, waiting_of
from services.console.sql import statements
from shared.search import plain

Queue = Literal["triage", "returns", "review", "survey", "overdue", "undelivered"]
QUEUE_LIMIT = 500
PAGE = 100
"""Rows of a page of tickets: five times as many cost five times the time, and nobody reads them."""


FILE = Path(__file__).with_name("queries.sql")
_PARTS = statements(FILE)
SEEN = _PARTS["seen"]
"""Who may see a ticket ``t``: the caller's jurisdiction, scopes and unit are $1, $2 and $3 of every statement."""
SQL = statements(FILE, {"SEEN": SEEN, "SHOWN": SHOWN})


def of_queue(question: str, queue: Queue | Literal["inbox"]) -> str:
    """The statement that asks this (waiting, glance, next, still or waits) of that queue."""
    waiting = SQL["inbox" if queue == "inbox" else f"queue_{queue}"]
    condition, order, rank = waiting.partition("ORDER BY")
    return SQL[question].replace("QUEUE", condition).replace("RANK", order + rank)


class Queries:
    """The questions, asked of the views on behalf of one caller each time.

    pool   for what is of one ticket, found by its id: planned once
    lists  for what depends on filters, most of them null: its connections plan each statement anew
    """

    def __init__(self, pool: Pool, lists: Pool, partitions: int) -> None:
        self._pool = pool
        self._lists = lists
        self._partitions = partitions

    async def may_see(self, caller: Account, ticket: str) -> bool:
        """Whether the caller may know of that ticket; False too if the view has not met it yet."""
        return bool(await self._pool.fetchval(SQL["may_see"], *bound(caller), ticket))

    async def ticket(self, caller: Account, ticket: str) -> TicketRow | None:
        """One ticket; None where the caller may not know of it."""
        row = await self._pool.fetchrow(SQL["ticket"], *bound(caller), ticket)
        return row_of(row) if row else None

    async def named(self, caller: Account, sought: str) -> list[Name]:
        """The units and places that are so called, the closest first."""
        word = plain(sought)
        rows = await self._lists.fetch(SQL["named"], caller.jurisdiction, word) if word else []
        return [convert(dict(row), Name) for row in rows]

    async def names(self, jurisdiction: str) -> list[Name]:
        """What every unit, place and topic of the jurisdiction is called."""
        return [convert(dict(row), Name) for row in await self._pool.fetch(SQL["names"], jurisdiction)]

    async def timeline(self, caller: Account, ticket: str) -> list[dict[str, Any]]:
        """What was asked of a ticket and what came of it; no sealed text."""
        rows = await self._pool.fetch(SQL["timeline"], *bound(caller), ticket)
        return [_with_json(row, "detail") for row in rows]

    async def urges(self, caller: Account, tickets: Sequence[str]) -> list[dict[str, Any]]:
        """Warnings and urges of these tickets, of each the latest first."""
        return [dict(row) for row in await self._pool.fetch(SQL["urges"], *bound(caller), list(tickets))]

    async def sealed(self, caller: Account, ticket: str, fields: Sequence[str]) -> list[tuple[int, int]]:
        """The entries that hold one of these fields, sealed: partition and offset, in the record's order."""
        rows = await self._pool.fetch(SQL["sealed"], *bound(caller), ticket, list(fields))
        return [(row["partition"], row["offset"]) for row in rows]

    async def looks(self, caller: Account, ticket: str) -> list[dict[str, Any]]:
        """Who looked at sealed fields of a ticket, or was refused to, the latest first."""
        rows = await self._pool.fetch(SQL["looks"], *bound(caller), ticket)
        return [_with_json(row, "detail") for row in rows]

    async def deadlines(self, caller: Account, ticket: str) -> list[dict[str, Any]]:
        """Every clock of every round with its explanation."""
        rows = await self._pool.fetch(SQL["deadlines"], *bound(caller), ticket)
        return [_with_json(row, "trace", "policies") for row in rows]

    async def queue(self, caller: Account, queue: Queue, limit: int) -> Waiting:
        """A queue of the hotline, in the order in which it is to be worked off."""
        return waiting_of(await self._lists.fetch(of_queue("waiting", queue), *bound(caller), limit))

    async def glance(self, caller: Account, name: Queue | Literal["inbox"], limit: int) -> list[Record]:
        """The ids of a queue or of the caller's unit's inbox, as far as a page shows it, with the total."""
        unit = (caller.unit,) if name == "inbox" else ()
        rows = await self._lists.fetch(of_queue("glance", name), *bound(caller), limit, *unit)
        return list(rows)

    async def next(self, connection: Connection, caller: Account, queue: Queue) -> TicketRow | None:
        """What the caller holds of a queue already, else its first ticket that nobody holds."""
        for question in ("still", "next"):
            row = await connection.fetchrow(of_queue(question, queue), *bound(caller), caller.id)
            if row:
                return row_of(row)
        return None

    async def waits(self, caller: Account, queue: Queue, ticket: str) -> bool:
        """Whether the ticket is one of a queue, in whosever hands."""
        return bool(await self._lists.fetchval(of_queue("waits", queue), *bound(caller), ticket))

    async def skips(self, caller: Account, before: int | None, limit: int) -> list[dict[str, Any]]:
        """What was passed over in queues, the latest first; the reasons sealed."""
        rows = await self._lists.fetch(SQL["skips"], *bound(caller), before, limit)
        return [dict(row) for row in rows]

    async def inbox(self, caller: Account, unit: str, limit: int) -> Waiting:
        """What a unit has to do, by what is due first."""
        return waiting_of(await self._lists.fetch(of_queue("waiting", "inbox"), *bound(caller), limit, unit))

    async def feed(self, caller: Account, unit: str, since: str | None, limit: int) -> Feed:
        """What a unit got, lost or must act on since that cursor: never skips, never repeats.

        A partition's rows become visible in the order of their sources, so that before one that was read there
        is none unread.
        """
        read = cursors.read(since, self._partitions)
        rows = await self._lists.fetch(
            SQL["feed"], *bound(caller), unit, list(read), list(read.values()), limit
        )
        for row in rows:
            read[row["partition"]] = max(read[row["partition"]], row["source"])
        return Feed([dict(row) for row in rows], cursors.written(read))

    async def policies(self, caller: Account) -> list[dict[str, Any]]:
        """Every policy version that the jurisdiction's tickets were told of."""
        rows = await self._pool.fetch(SQL["policies"], caller.jurisdiction)
        return [_with_json(row, "detail") for row in rows]


def bound(caller: Account) -> tuple[str, list[str], str | None]:
    """$1, $2 and $3 of every statement that goes by ``SEEN``."""
    return caller.jurisdiction, list(caller.scopes), caller.unit


def _with_json(row: Record, *columns: str) -> dict[str, Any]:
    """The row with its JSON columns passed on as they are stored."""
    return dict(row) | {column: Raw(row[column].encode()) for column in columns}
