"""Whole lists of tickets, of the statements that the pages ask: counted, read to the end, glanced at."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from asyncpg import Pool, Record
from msgspec.structs import astuple

from services.console import cursors
from services.console.days import month_of, period, today
from services.console.lists.circulating import SQL as CIRCULATING
from services.console.lists.filters import Filters
from services.console.lists.listing import AtRisk, Listing, OfFigure, OfMonth, OfWall, OnRung
from services.console.lists.newest import CHOSEN, FOUND, MOST_AT_ONCE, PICKED, NewestFirst
from services.console.lists.sought import Found, meant
from services.console.numbers.figures import BEHIND
from services.console.numbers.tallies import NOW, RISKS, RUNGS, STOCK
from services.console.people.accounts import Account
from services.console.policies import PolicyBook
from services.console.queries import PAGE, Queries, bound, of_queue
from services.console.rows import Listed, TicketRow, listed_of, row_of
from services.console.sql import statements
from shared.policy.documents import Policies
from shared.policy.units import Unit, Units

CHUNK = 500
"""Rows of a long list that are in hand at once."""
START = (None, None)
"""No cursor: a list from its first row on."""
AMONG = statements(Path(__file__).with_name("whole.sql"), {"PAGE": str(PAGE)})


class Question(NamedTuple):
    """A list's statement, and its parameters by how many rows are wanted; ``counts``: the list that counts itself."""

    statement: str
    given: Callable[[int], Sequence[Any]]
    counts: tuple[NewestFirst, Sequence[Any]] | None = None


class Listings:
    """Lists, by page and whole, of the same statements. ``lists`` plans each statement anew."""

    def __init__(self, lists: Pool, queries: Queries, policies: PolicyBook) -> None:
        self._lists = lists
        self._queries = queries
        self._policies = policies

    async def tickets(self, caller: Account, filters: Filters, cursor: str | None, limit: int) -> Listed:
        """A page of tickets, newest first."""
        return await self._page(CHOSEN, (*bound(caller), *astuple(filters)), cursor, limit)

    async def search(self, caller: Account, sought: str, cursor: str | None, limit: int) -> Found:
        """What a person means by a few characters: the units and places so called, then the tickets.

        sought   the beginning of a number, words of a title, or a unit or place by name or pinyin initials
        A ticket is found by its title as a list shows it; nothing sealed is looked at.
        """
        names = await self._queries.named(caller, sought)
        page = await self._page(FOUND, (*bound(caller), *meant(sought, names)), cursor, limit)
        return Found(names, page.tickets, page.next, page.total)

    async def _page(self, listed: NewestFirst, by: Sequence[Any], cursor: str | None, limit: int) -> Listed:
        rows = await self._lists.fetch(listed.page, *by, *cursors.after(cursor), limit + 1)
        return listed_of(rows, limit)

    async def count(self, caller: Account, listing: Listing, most: int) -> int:
        """How many rows the list has; ``most + 1`` where there are more."""
        statement, given, counts = await self._question(caller, listing)
        if counts:
            listed, by = counts
            return int(await self._lists.fetchval(listed.count(most + 1), *by))
        return int(await self._lists.fetchval(AMONG["how_many"].replace("LIST", statement), *given(most + 1)))

    async def every(self, caller: Account, listing: Listing, most: int) -> AsyncIterator[list[TicketRow]]:
        """The first ``most`` rows of the list as it stands at one moment, some at a time."""
        statement, given, _ = await self._question(caller, listing)
        async for rows in self._read(statement, given(most)):
            yield rows

    async def glance(self, caller: Account, listing: Listing) -> list[Record]:
        """The ids of its first rows as ``Queries.glance`` tells them; the total at most one more than MOST_AT_ONCE."""
        statement, given, counts = await self._question(caller, listing)
        glance, rows = ("glance_told", PAGE) if counts else ("glance", MOST_AT_ONCE + 1)
        return list(await self._lists.fetch(AMONG[glance].replace("LIST", statement), *given(rows)))

    async def picked(self, caller: Account, tickets: Sequence[str]) -> list[TicketRow]:
        """Of these tickets those that the caller may know of, newest first."""
        rows = await self._lists.fetch(PICKED, *bound(caller), list(tickets), len(tickets))
        return [row_of(row) for row in rows]

    async def _read(self, statement: str, given: Sequence[Any]) -> AsyncIterator[list[TicketRow]]:
        async with self._lists.acquire() as connection, connection.transaction(readonly=True):
            cursor = await connection.cursor(statement, *given)
            while rows := await cursor.fetch(CHUNK):
                yield [row_of(row) for row in rows]

    async def _question(self, caller: Account, listing: Listing) -> Question:
        who, asked, name = bound(caller), listing.filters, listing.name
        match asked:
            case AtRisk():
                return Question(RISKS.listing[asked.group], lambda n: (*who, asked.unit, *START, n))
            case OnRung():
                return Question(RUNGS.listing[asked.rung], lambda n: (*who, asked.unit, *START, n))
            case OfMonth():
                month, channel = month_of(asked.month), asked.channel
                return Question(
                    STOCK.listing[name], lambda n: (*who, month.start, month.end, channel, *START, n)
                )
            case OfWall():
                return Question(NOW.listing[name], lambda n: (*who, asked.topic, asked.place, *START, n))
            case OfFigure():
                return await self._behind(caller, listing.path, asked)
        match listing.path.split("/")[1]:
            case "tickets":
                return _newest_first(CHOSEN, (*who, *astuple(asked)))
            case "circulating":
                return Question(CIRCULATING["circulating"], lambda n: (*who, n, 0))
            case "search":
                wanted = meant(listing.sought, await self._queries.named(caller, listing.sought))
                return _newest_first(FOUND, (*who, *wanted))
            case "inbox":
                return Question(of_queue("waiting", "inbox"), lambda n: (*who, n, caller.unit))
        return Question(of_queue("waiting", name), lambda n: (*who, n))  # type: ignore[arg-type]

    async def _behind(self, caller: Account, path: str, asked: OfFigure) -> Question:
        days = period(asked.start, asked.end, today())
        keys = asked.keys(units_of(await self._policies.known(), caller.jurisdiction))
        given = (*bound(caller), days.start, days.end, asked.channel, keys)
        return _newest_first(BEHIND[asked.by, behind(path)], given)


def _newest_first(listed: NewestFirst, by: Sequence[Any]) -> Question:
    return Question(listed.page, lambda n: (*by, *START, n), (listed, by))


def behind(path: str) -> str:
    """The figure's part that the path of a list names, as ``Behind`` has it."""
    _, _, figure, part = path.split("/")
    return figure if part == "count" else f"{figure}.{part}"


def units_of(policies: Policies, jurisdiction: str) -> list[Unit]:
    """The units of the jurisdiction by the policy in force."""
    found = policies.find(jurisdiction, Units, datetime.now(UTC))
    return list(found.body.units) if found else []
