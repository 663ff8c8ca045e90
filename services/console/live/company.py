"""Who else is at the tickets that are open, over all processes of the console."""

from collections.abc import Iterable
from pathlib import Path

from asyncpg import Pool
from msgspec import convert

from services.console.live.messages import message
from services.console.live.parts import Parts
from services.console.live.presence import EDITING, GONE, Present, seen_by
from services.console.live.streams import Stream
from services.console.names import NameBook
from services.console.people.accounts import AccountRole
from services.console.sql import statements
from shared.postgres import columns

Here = tuple[str, AccountRole, str | None, str]
"""Person, role, unit and ticket."""
SQL = statements(Path(__file__).with_name("company.sql"))


class Company:
    """Says who is here, and tells each page of a ticket who else is."""

    def __init__(self, pool: Pool, names: NameBook, parts: Parts) -> None:
        self._pool, self._names, self._parts = pool, names, parts
        self._here: set[Here] = set()

    async def tell(self, streams: Iterable[Stream], place: str) -> None:
        """Tell the pages whose company changed."""
        at_tickets = [stream for stream in streams if stream.ticket]
        await self._say_who_is_here(at_tickets)
        tickets = list({stream.ticket for stream in at_tickets})
        if not tickets:
            return
        rows = await self._pool.fetch(SQL["present"], tickets, EDITING)
        present = [convert(dict(row), Present) for row in rows]
        for stream in at_tickets:
            others = seen_by(stream.caller, [one for one in present if one.ticket == stream.ticket])
            if stream.told.get("company", ()) != others:
                stream.told["company"] = others
                names = await self._names.of(stream.caller)
                stream.put(message(self._parts.present(stream.language, names, others), place))

    async def _say_who_is_here(self, at_tickets: Iterable[Stream]) -> None:
        was = self._here
        here = {
            (one.caller.id, one.caller.role, one.caller.unit, one.ticket) for one in at_tickets if one.ticket
        }
        if was or here:
            gone = sorted(was - here, key=str)
            await self._pool.execute(SQL["leave"], [one[0] for one in gone], [one[3] for one in gone])
            await self._pool.execute(SQL["arrive"], *columns(sorted(here, key=str), 4), GONE)
        self._here = here
