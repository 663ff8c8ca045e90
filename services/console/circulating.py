"""流转中: the tickets that go from hand to hand, or that no unit has signed for, and who had each of them how long.

Yichun's monthly reports have a row of this name: 710 of 18,113 orders in May 2023 (domain §3.1).
"""

from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path

from asyncpg import Pool
from msgspec import Struct, json

from services.console.accounts import Account
from services.console.queries import SEEN, SHOWN, TicketRow, bound, row_of
from services.console.sql import statements
from services.console.time_ledger import CHANGES, Line, Part, Span, time_ledger

LIMIT = 50

SQL = statements(Path(__file__).with_name("circulating.sql"), {"SEEN": SEEN, "SHOWN": SHOWN})


class Wanderer(Struct, frozen=True):
    """A ticket with the hands that it went through."""

    ticket: TicketRow
    parts: list[Part]
    waited: timedelta
    """What the citizen's clock has run."""

    @property
    def handed_on(self) -> int:
        """How often it went on to another unit, a return that waits for its ruling not counted."""
        return max(self.ticket.assignments - 1, 0)


class Circulation(Struct, frozen=True):
    """The first of them, and how many there are in all."""

    rows: list[Wanderer]
    total: int


class Circulating:
    """Reads them. ``lists`` plans each statement anew."""

    def __init__(self, lists: Pool) -> None:
        self._lists = lists

    async def of(self, caller: Account, now: datetime) -> Circulation:
        """What the caller may see, who waited longest first, at most ``LIMIT``."""
        found = await self._lists.fetch(SQL["circulating"], *bound(caller), LIMIT)
        rows = [row_of(one) for one in found]
        told = await self._lists.fetch(SQL["hands"], *bound(caller), [row.id for row in rows], list(CHANGES))
        lines = defaultdict[str, list[Line]](list)
        for one in told:
            lines[one["ticket"]].append(Line(one["at"], one["kind"], json.decode(one["detail"])))
        return Circulation(
            [_wanderer(row, lines[row.id], now) for row in rows], found[0]["total"] if found else 0
        )


def _wanderer(row: TicketRow, lines: list[Line], now: datetime) -> Wanderer:
    parts = time_ledger(lines, Span(row.clock_from, row.citizen_stopped_at, now))
    return Wanderer(row, parts, (row.citizen_stopped_at or now) - row.clock_from)
