"""What changed, sent to the pages that show it: rows of lists, and to pages of tickets what happened."""

from collections.abc import Iterable
from pathlib import Path

from asyncpg import Pool, Record
from msgspec import convert, json

from services.console.cursors import Read
from services.console.live.messages import message
from services.console.live.parts import News, Parts
from services.console.live.streams import Stream
from services.console.names import NameBook
from services.console.people.accounts import Account
from services.console.queries import SEEN, bound
from services.console.rows import SHOWN, row_of
from services.console.sql import statements
from services.console.words import Language

CHANGED = "huiyin:changed"
"""The event that names tickets to a page which shows them in its own way: it reads itself again, but for its forms."""
SQL = statements(Path(__file__).with_name("rows.sql"), {"SEEN": SEEN, "SHOWN": SHOWN})


class Rows:
    """Asks once for all streams and makes each row once a language."""

    def __init__(self, pool: Pool, names: NameBook, parts: Parts) -> None:
        self._pool, self._names, self._parts = pool, names, parts

    async def known(self, caller: Account, tickets: list[str]) -> list[Record]:
        """Of these tickets those that the caller may know of, with the place of their last change."""
        return list(await self._pool.fetch(SQL["known"], *bound(caller), tickets))

    async def changed(self, since: Read) -> list[Record]:
        """Every ticket that changed since then, whoever may see it."""
        return list(await self._pool.fetch(SQL["changed"], list(since), list(since.values())))

    async def send(self, streams: list[Stream], changed: Iterable[str], since: Read, place: str) -> None:
        """Send each stream what it shows of what changed; ``place`` is how far it is then."""
        ids = set(changed)
        await self._send_rows(streams, ids, place)
        await self._send_news(streams, ids, since, place)

    async def _send_rows(self, streams: list[Stream], changed: set[str], place: str) -> None:
        for stream in streams:
            if own := changed & stream.own:
                stream.put(_changed(own, place))
        shown = changed.intersection(ticket for stream in streams for ticket in stream.tickets)
        if not shown:
            return
        rows = [row_of(row) for row in await self._pool.fetch(SQL["rows"], list(shown))]
        made: dict[tuple[Language, str | None, str], str] = {}
        for stream in streams:
            names = await self._names.of(stream.caller)
            parts = []
            for row in rows:
                key = stream.language, stream.select, row.id
                if row.id in stream.tickets:
                    made[key] = made.get(key) or self._parts.row(stream.language, names, row, stream.select)
                    parts.append(made[key])
            if parts:
                stream.put(message("\n".join(parts), place))

    async def _send_news(self, streams: list[Stream], changed: set[str], since: Read, place: str) -> None:
        """What the reader did is no news to them, nor what a service made of it."""
        about = changed.intersection(stream.ticket for stream in streams if stream.ticket)
        if not about:
            return
        rows = await self._pool.fetch(SQL["news"], list(since), list(since.values()), list(about))
        for news in [convert(dict(row), News) for row in rows]:
            for stream in [one for one in streams if one.ticket == news.ticket]:
                stream.put(_changed({news.ticket}, place))
                if news.role != "service" and news.person != stream.caller.id:
                    names = await self._names.of(stream.caller)
                    stream.put(message(self._parts.news(stream.language, names, news), place))


def _changed(tickets: set[str], place: str) -> str:
    return message(json.encode(sorted(tickets)).decode(), place, CHANGED)
