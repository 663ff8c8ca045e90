"""What earlier tickets say of units: with whom they stayed, how much each has open, how often its answers came back."""

from collections.abc import Iterable
from pathlib import Path

from asyncpg import Pool
from msgspec import Struct, convert

from services.console.advice.proposals import Precedent
from services.console.people.accounts import Account
from services.console.queries import SEEN, bound
from services.console.rows import TicketRow
from services.console.sql import statements

SQL = statements(Path(__file__).with_name("track_record.sql"), {"SEEN": SEEN})
LAST_TICKETS = 500
"""Precedents are sought among so many tickets of the topic, the latest: catalogues and duties change."""
LAST_ANSWERS = 100


class Answers(Struct, frozen=True):
    """Of a unit's last answers that were reviewed: how many, and how many of these were sent back."""

    reviewed: int
    sent_back: int


class TrackRecord:
    """The questions; ``lists`` is a pool that plans each statement anew, as a topic may be missing."""

    def __init__(self, lists: Pool) -> None:
        self._lists = lists

    async def precedents(self, caller: Account, row: TicketRow) -> list[Precedent]:
        """To whom tickets of the same topic went, at the same place and elsewhere, and with whom they stayed."""
        wanted = (row.topic, row.place, row.id, LAST_TICKETS)
        found = await self._lists.fetch(SQL["precedents"], *bound(caller), *wanted)
        return [convert(dict(one), Precedent) for one in found]

    async def loads(self, caller: Account, units: Iterable[str]) -> dict[str, int]:
        """Unit → open tickets that it leads; none is 0."""
        wanted = list(units)
        found = await self._lists.fetch(SQL["loads"], *bound(caller), wanted)
        return dict.fromkeys(wanted, 0) | {row["unit"]: row["open"] for row in found}

    async def answers(self, caller: Account, unit: str) -> Answers:
        """How a unit's last answers fared in review."""
        found = await self._lists.fetchrow(SQL["answers"], *bound(caller), unit, LAST_ANSWERS)
        return convert(dict(found), Answers)
