"""The hub: one a process. It follows the views and tells each stream what changed of what its page shows."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import asyncpg

from services.console import cursors
from services.console.cursors import Read
from services.console.freshness import Freshness
from services.console.lists.whole import Listings
from services.console.live.age import Age
from services.console.live.company import Company
from services.console.live.lists import Lists
from services.console.live.messages import message
from services.console.live.parts import Parts
from services.console.live.rows import Rows
from services.console.live.streams import PAUSED, Stream, Streams
from services.console.names import NameBook
from services.console.people.logins import Logins
from services.console.queries import Queries
from shared.outcomes import Outcomes

GATHER = 0.05
"""Seconds in which changes gather, so that a burst is one question."""
LISTS_EVERY = 1.0
COMPANY_EVERY = 1.0
AGE_EVERY = 1.0
BEAT_EVERY = 5.0
"""Seconds between two signs of life; a page that hears none for twice as long says so."""
LOGINS_EVERY = 30.0
"""Seconds after which a stream ends whose login is over."""
BEAT = "huiyin:beat"
"""The event that says how old what the page shows is."""


class Hub:
    """Follows the views for all streams of this process. ``pool`` plans each statement anew, as for lists."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        queries: Queries,
        listings: Listings,
        freshness: Freshness,
        outcomes: Outcomes,
        names: NameBook,
        logins: Logins,
        parts: Parts,
    ) -> None:
        self.streams = Streams()
        self._freshness, self._outcomes, self._logins, self._parts = freshness, outcomes, logins, parts
        self._rows = Rows(pool, names, parts)
        self._lists = Lists(queries, listings)
        self._company = Company(pool, names, parts)
        self._age = Age(datetime.now(UTC))
        self._read: Read = {}
        self._one_at_a_time = asyncio.Lock()

    async def open(self, stream: Stream, tickets: set[str], own: set[str], since: Read) -> None:
        """Let a page's stream begin: it gets what changed since its page was made, then whatever follows."""
        async with self._one_at_a_time:
            rows = await self._rows.known(stream.caller, [*tickets, *own, stream.ticket or ""])
            known = {row["id"] for row in rows}
            stream.tickets, stream.own = known & tickets, known & own
            stream.ticket = stream.ticket if stream.ticket in known else None
            if oldest := self.streams.add(stream):
                oldest.end(message("", self.place, PAUSED))
            self._lists.opened(stream)
            changed = [row["id"] for row in rows if row["source"] > since[row["partition"]]]
            await self._rows.send([stream], changed, since, self.place)
        stream.put(self._beat(stream))

    def close(self, stream: Stream) -> None:
        """The page is gone."""
        self.streams.remove(stream)

    def end(self) -> None:
        """End every stream, because the process ends; their pages connect again."""
        for stream in self.streams:
            stream.end()

    @property
    def place(self) -> str:
        """How far the streams were told, as a cursor."""
        return cursors.written(self._read)

    async def run(self) -> None:
        """Follow until cancelled. Where Postgres is away nothing is told, so that pages notice the silence."""
        await self._freshness.found.wait()
        self._read = self._freshness.places()
        async with asyncio.TaskGroup() as group:
            group.create_task(_ever(self._follow, 0))
            group.create_task(_ever(self._tell_lists, LISTS_EVERY))
            group.create_task(_ever(self._tell_company, COMPANY_EVERY))
            group.create_task(_ever(self._look_age, AGE_EVERY))
            group.create_task(_ever(self._beat_all, BEAT_EVERY))
            group.create_task(_ever(self._end_logins, LOGINS_EVERY))

    async def _follow(self) -> None:
        """Wait for a burst of changes; what of it is shown somewhere goes there."""
        await self._freshness.beyond(self._read)
        await asyncio.sleep(GATHER)
        async with self._one_at_a_time:
            since, reached, streams = self._read, self._freshness.places(), list(self.streams)
            if streams:
                changed = await self._rows.changed(since)
                self._lists.changed(streams, changed)
                place = cursors.written(reached)
                await self._rows.send(streams, [row["id"] for row in changed], since, place)
                for row in changed:
                    self._age.took(datetime.now(UTC), row["changed_at"])
            self._read = reached

    @property
    def shows(self) -> datetime:
        """The moment that the views are known to show; it stands still while they lag behind the record."""
        return self._age.at

    async def _tell_lists(self) -> None:
        await self._lists.tell(self.streams, self.place)

    async def _tell_company(self) -> None:
        await self._company.tell(self.streams, self.place)

    async def _look_age(self) -> None:
        if self._freshness.followed:
            self._age.look(datetime.now(UTC), self._outcomes.places(), self._freshness.places())

    async def _beat_all(self) -> None:
        for stream in self.streams if self._freshness.followed else ():
            stream.put(self._beat(stream))

    def _beat(self, stream: Stream) -> str:
        said = self._parts.as_of(stream.language, self._age.at, self._age.behind)
        return message(said, self.place, BEAT)

    async def _end_logins(self) -> None:
        for stream in self.streams:
            if not await self._logins.lives(stream.token):
                stream.end()


async def _ever(step: Callable[[], Awaitable[None]], pause: float) -> None:
    while True:
        try:
            await step()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(0.5)
        await asyncio.sleep(pause)
