"""The streams of open pages: what each shows, and what waits to be sent to it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import NamedTuple

from services.console.people.accounts import Account
from services.console.words import Language

WAITING = 256
"""Messages that may wait for a slow reader; with more its stream ends, and its page connects again."""
EACH = 4
"""Streams a person may have: a browser opens six connections to a host over HTTP/1.1, and pages need some."""
PAUSED = "huiyin:paused"
"""The event that tells a page that newer ones took its place."""

ListName = str
"""A queue's, ``inbox``, or the address of any other list (listings.py)."""


class List(NamedTuple):
    """A list as those see it who see the same: two streams with the same one are told the same."""

    jurisdiction: str
    scopes: tuple[str, ...]
    unit: str | None
    name: ListName


class Shows(NamedTuple):
    """What a page shows besides rows: lists that it counts, the ticket it is about, the form that ticks belong to."""

    lists: Sequence[ListName] = ()
    ticket: str | None = None
    select: str | None = None


class Stream:
    """One page. ``tickets`` are the rows that it shows, ``own`` those that look otherwise than in other lists; none
    that the caller may not know of.
    """

    def __init__(self, caller: Account, token: str, language: Language, shows: Shows) -> None:
        self.caller, self.token, self.language = caller, token, language
        self.ticket, self.select = shows.ticket, shows.select
        self.lists = [List(caller.jurisdiction, caller.scopes, caller.unit, name) for name in shows.lists]
        self.tickets: set[str] = set()
        self.own: set[str] = set()
        self.told: dict[str, object] = {}
        """What it was told last, by what it was about, so that nothing is said twice."""
        self._waiting: asyncio.Queue[str | None] = asyncio.Queue(WAITING)

    def put(self, message: str) -> None:
        """Send it when the reader is ready."""
        try:
            self._waiting.put_nowait(message)
        except asyncio.QueueFull:
            self.end()

    def end(self, last: str | None = None) -> None:
        """End the stream, perhaps with a last message; whatever else waits is dropped."""
        while not self._waiting.empty():
            self._waiting.get_nowait()
        for one in (last, None) if last else (None,):
            self._waiting.put_nowait(one)

    async def messages(self) -> AsyncIterator[str]:
        """What to send, until the end."""
        while (one := await self._waiting.get()) is not None:
            yield one


class Streams:
    """All streams of this process."""

    def __init__(self) -> None:
        self._all: dict[Stream, None] = {}

    def __iter__(self) -> Iterator[Stream]:
        return iter(list(self._all))

    def __len__(self) -> int:
        return len(self._all)

    def add(self, stream: Stream) -> Stream | None:
        """Take it in; gives the oldest one of the same person if that is now one too many."""
        own = [one for one in self._all if one.caller.id == stream.caller.id]
        self._all[stream] = None
        return own[0] if len(own) >= EACH else None

    def remove(self, stream: Stream) -> None:
        """Forget it."""
        self._all.pop(stream, None)

    def of(self, ticket: str) -> list[Stream]:
        """The pages that are about that ticket."""
        return [stream for stream in self._all if stream.ticket == ticket]
