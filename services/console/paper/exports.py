"""What left the console as a file or on paper: who took which list when, with how many rows, or which ticket's form."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from asyncpg import Pool
from msgspec import Struct, json

from services.console.lists.listing import Listing
from services.console.people.accounts import Account
from services.console.queries import SEEN, bound
from services.console.sql import statements

SQL = statements(Path(__file__).with_name("exports.sql"), {"SEEN": SEEN})
Kind = Literal["xlsx", "print"]


class Export(Struct, frozen=True):
    """A list that was exported or printed, or a ticket's form: then ``list`` is the form's name, ``rows`` 1.

    ``filters`` are the list's as in its address; of a search the words are left out.
    """

    id: int
    person: str
    kind: Kind
    list: str
    filters: dict[str, str]
    ticket: str | None
    number: str | None
    rows: int
    at: datetime


class Exports:
    """The record of exports and prints, in Postgres."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of_list(self, caller: Account, kind: Kind, listing: Listing, rows: int) -> None:
        """Somebody takes a list away."""
        filters = {} if listing.sought else listing.asked
        await self._record(caller, kind, listing.path, filters, None, rows)

    async def of_ticket(self, caller: Account, form: str, ticket: str) -> None:
        """Somebody prints a ticket's form."""
        await self._record(caller, "print", form, {}, ticket, 1)

    async def latest(self, caller: Account, before: int | None, limit: int) -> list[Export]:
        """Those of the caller's jurisdiction, the latest first, from before that id."""
        rows = await self._pool.fetch(SQL["latest"], *bound(caller), before, limit)
        return [Export(**dict(row) | {"filters": json.decode(row["filters"])}) for row in rows]

    async def _record(
        self, caller: Account, kind: Kind, list: str, filters: dict[str, str], ticket: str | None, rows: int
    ) -> None:
        given = (caller.jurisdiction, caller.id, kind, list, json.encode(filters).decode(), ticket, rows)
        await self._pool.execute(SQL["record"], *given)
