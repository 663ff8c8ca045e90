"""流转中: the tickets that go from hand to hand, or that no unit has signed for, and who had each of them how long.

Yichun's monthly reports have a row of this name: 710 of 18,113 orders in May 2023 (domain §3.1).
"""

from datetime import datetime, timedelta
from pathlib import Path

from asyncpg import Pool
from msgspec import Struct

from services.console.numbers.hands import hands, ran
from services.console.numbers.time_ledger import Part
from services.console.people.accounts import Account
from services.console.queries import SEEN, bound
from services.console.rows import SHOWN, TicketRow, row_of
from services.console.sql import statements

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

    async def of(self, caller: Account, now: datetime, start: int = 0) -> Circulation:
        """What the caller may see, who waited longest first; ``LIMIT`` rows after the first ``start``."""
        found = await self._lists.fetch(SQL["circulating"], *bound(caller), LIMIT, start)
        wanderers = await self.wanderers(caller, [row_of(one) for one in found], now)
        return Circulation(wanderers, found[0]["total"] if found else 0)

    async def wanderers(self, caller: Account, rows: list[TicketRow], now: datetime) -> list[Wanderer]:
        """These tickets with the hands that each went through."""
        parts = await hands(self._lists, caller, rows, now)
        return [Wanderer(row, parts[row.id], ran(parts[row.id])) for row in rows]
