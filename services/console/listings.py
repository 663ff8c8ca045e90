"""A list of tickets by its address: what a page shows, an export writes out, a view keeps, a selection asks again."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple, get_args
from urllib.parse import parse_qsl, urlencode

from asyncpg import Pool
from msgspec import Meta, Struct, ValidationError, convert, to_builtins
from msgspec.structs import astuple

from services.console.accounts import Account
from services.console.queries import SQL, Filters, Queries, Queue, TicketRow, bound, meant, of_queue, row_of
from shared.problems import Problem

CHUNK = 500
"""Rows of a long list that are in hand at once."""
MOST_AT_ONCE = 2_000
"""Tickets that one selection may have: each gets a command and an outcome of its own."""
LONGEST_SOUGHT = 64
"""Characters of a search."""
LONGEST_ADDRESS = 2_000
START = (None, None)
"""No cursor: a list from its first row on."""


class Listing(Struct, frozen=True):
    """Which list, of a page's path: tickets by filters, what a search finds, a queue, or a unit's inbox."""

    path: str
    filters: Filters = Filters()
    sought: Annotated[str, Meta(max_length=LONGEST_SOUGHT)] = ""

    @property
    def name(self) -> str:
        """``tickets``, ``search``, ``inbox``, or the queue's."""
        return self.path.rpartition("/")[2]

    @property
    def asked(self) -> dict[str, str]:
        """The filters as an address has them."""
        chosen = {"q": self.sought} if self.sought else to_builtins(self.filters)
        return {
            name: str(value).lower() if isinstance(value, bool) else value for name, value in chosen.items()
        }

    def at(self, path: str = "", **more: str) -> str:
        """Its address, perhaps at another path than its page's, with further parameters."""
        asked = urlencode({**self.asked, **more})
        return (path or self.path) + (f"?{asked}" if asked else "")


def listing(path: str, asked: Mapping[str, str]) -> Listing:
    """The list of a path with what its address asks for. Raises Problem 400 for a filter that cannot be.

    An empty filter leaves out its condition; parameters that are no filters (a cursor) are left out.
    """
    try:
        if path == "/search":
            return convert({"path": path, "sought": asked.get("q", "").strip()}, Listing)
        chosen = {name: text.strip() for name, text in asked.items() if text.strip()}
        filters = convert(chosen, Filters, strict=False) if path == "/tickets" else Filters()
        return Listing(path, filters)
    except ValidationError as error:
        raise _no_filter(path, str(error).rpartition("$.")[2].rstrip("`")) from None


def listing_at(caller: Account, address: str) -> Listing:
    """The list at an address of ours. Raises Problem 400 where the caller has no list there."""
    path, _, query = address.partition("?")
    if path not in lists_of(caller) or len(address) > LONGEST_ADDRESS:
        zh, en = "这个地址不是您可以打开的工单列表。", "That address is none of the lists that you can open."
        raise Problem(400, "no_list", zh, en, field="address")
    return listing(path, dict(parse_qsl(query)))


def lists_of(caller: Account) -> tuple[str, ...]:
    """The paths of the lists that the caller can open."""
    if caller.unit is not None:
        return ("/tickets", "/search", "/inbox")
    return ("/tickets", "/search", *[f"/queues/{queue}" for queue in get_args(Queue)])


def _no_filter(path: str, field: str) -> Problem:
    if path == "/search":
        zh = f"查找内容最多 {LONGEST_SOUGHT} 个字,请缩短。"
        en = f"Search for at most {LONGEST_SOUGHT} characters."
        return Problem(400, "invalid_field", zh, en, field="q")
    zh, en = f"筛选条件 {field} 无法识别,请清除后重选。", f"The filter {field} cannot be read: clear it."
    return Problem(400, "invalid_field", zh, en, field=field)


class Question(NamedTuple):
    """A list's statement, and its parameters by how many rows are wanted."""

    statement: str
    given: Callable[[int], Sequence[Any]]


class Listings:
    """Whole lists, of the statements that the pages ask. ``lists`` plans each statement anew."""

    def __init__(self, lists: Pool, queries: Queries) -> None:
        self._lists = lists
        self._queries = queries

    async def count(self, caller: Account, listing: Listing, most: int) -> int:
        """How many rows the list has; ``most + 1`` where there are more."""
        statement, given = await self._question(caller, listing)
        counted = SQL["how_many"].replace("LIST", statement)
        return int(await self._lists.fetchval(counted, *given(most + 1)))

    async def every(self, caller: Account, listing: Listing, most: int) -> AsyncIterator[list[TicketRow]]:
        """The first ``most`` rows of the list as it stands at one moment, some at a time."""
        statement, given = await self._question(caller, listing)
        async for rows in self._read(statement, given(most)):
            yield rows

    async def picked(self, caller: Account, tickets: Sequence[str]) -> list[TicketRow]:
        """Of these tickets those that the caller may know of, newest first."""
        rows = await self._lists.fetch(SQL["picked"], *bound(caller), list(tickets), len(tickets))
        return [row_of(row) for row in rows]

    async def _read(self, statement: str, given: Sequence[Any]) -> AsyncIterator[list[TicketRow]]:
        async with self._lists.acquire() as connection, connection.transaction(readonly=True):
            cursor = await connection.cursor(statement, *given)
            while rows := await cursor.fetch(CHUNK):
                yield [row_of(row) for row in rows]

    async def _question(self, caller: Account, listing: Listing) -> Question:
        who = bound(caller)
        match listing.path.split("/")[1]:
            case "tickets":
                return Question(SQL["tickets"], lambda n: (*who, *astuple(listing.filters), *START, n))
            case "search":
                wanted = meant(listing.sought, await self._queries.named(caller, listing.sought))
                return Question(SQL["found"], lambda n: (*who, *wanted, *START, n))
            case "inbox":
                return Question(of_queue("waiting", "inbox"), lambda n: (*who, n, caller.unit))
        return Question(of_queue("waiting", listing.name), lambda n: (*who, n))  # type: ignore[arg-type]
