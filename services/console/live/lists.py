"""Which tickets a page's list would show by now that it does not show."""

import asyncio
from collections.abc import Iterable
from typing import Any

from asyncpg import InterfaceError, PostgresError, Record
from msgspec import json

from services.console.lists.listing import listing_at
from services.console.lists.whole import Listings
from services.console.live.messages import message
from services.console.live.streams import List, Stream
from services.console.people.accounts import Account
from services.console.queries import PAGE, QUEUE_LIMIT, Queries
from shared.problems import Problem

EVENT = "huiyin:list"
PRESSING = ("urgent", "critical")
PATIENCE = 5.0
"""Seconds that a list may take."""
FAILED = (OSError, PostgresError, InterfaceError, Problem)
"""Why a list cannot be read now; TimeoutError is an OSError."""


class Lists:
    """Reads each list once for all the streams that have it, and only where something of it may have changed."""

    def __init__(self, queries: Queries, listings: Listings) -> None:
        self._queries, self._listings = queries, listings
        self._stale: set[List] = set()

    def changed(self, streams: Iterable[Stream], tickets: Iterable[Record]) -> None:
        """Some of these lists may show other tickets now."""
        watched = {one for stream in streams for one in stream.lists}
        self._stale |= {one for one in watched if any(_concerns(one, ticket) for ticket in tickets)}

    def opened(self, stream: Stream) -> None:
        """A new stream is told how its lists stand."""
        self._stale |= set(stream.lists)

    async def tell(self, streams: Iterable[Stream], place: str) -> None:
        """Tell every stream of a list that changed how it stands now; of one that cannot be read, the next time."""
        stale, self._stale = self._stale, set()
        watching = [stream for stream in streams if not stale.isdisjoint(stream.lists)]
        for one in stale:
            its = [stream for stream in watching if one in stream.lists]
            if not its:
                continue
            try:
                async with asyncio.timeout(PATIENCE):
                    rows = await self._glance(its[0].caller, one)
            except FAILED:
                self._stale.add(one)
                continue
            for stream in its:
                _tell(stream, one, rows, place)

    async def _glance(self, caller: Account, one: List) -> list[Record]:
        if one.name.startswith("/"):
            return await self._listings.glance(caller, listing_at(caller, one.name))
        return await self._queries.glance(caller, one.name, _shown(one))  # type: ignore[arg-type]


def _shown(one: List) -> int:
    """How many rows its page shows at once."""
    return QUEUE_LIMIT if one.name == "inbox" else PAGE


def _concerns(one: List, ticket: Record) -> bool:
    return (
        ticket["jurisdiction"] == one.jurisdiction
        and (ticket["scope"] is None or ticket["scope"] in one.scopes)
        and (one.unit is None or one.unit in ticket["units"])
    )


def _tell(stream: Stream, one: List, rows: list[Record], place: str) -> None:
    said = standing(one.name, rows, stream.tickets | stream.own)
    if stream.told.get(one.name) != said:
        stream.told[one.name] = said
        stream.put(message(json.encode(said).decode(), place, EVENT))


def standing(name: str, rows: list[Record], shown: set[str]) -> dict[str, Any]:
    """A list as the page's script takes it: the total, and the ids that the page does not show, by how they ring."""
    new = [row for row in rows if row["id"] not in shown]
    return {
        "list": name,
        "total": rows[0]["total"] if rows else 0,
        "new": [row["id"] for row in new],
        "urgent": [row["id"] for row in new if row["urgency"] in PRESSING],
        "overdue": [row["id"] for row in new if row["missed"]],
    }
