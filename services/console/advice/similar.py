"""重复诉求: the tickets that a demand may repeat, each with the reason why it is shown."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from asyncpg import Pool
from msgspec import Struct

from services.console.people.accounts import Account
from services.console.queries import SEEN, bound
from services.console.rows import SHOWN, TicketRow, row_of
from services.console.sql import statements
from shared.phones import PhoneBook

RECENT = timedelta(days=30)
"""How far back the same topic at the same place counts as perhaps the same matter."""
AT_MOST = 5
"""Tickets shown for each reason."""
Because = Literal["same_caller", "same_matter"]
"""The same number called; the same topic at the same place within ``RECENT``."""

SQL = statements(Path(__file__).with_name("similar.sql"), {"SEEN": SEEN, "SHOWN": SHOWN})


class Alike(Struct, frozen=True):
    """A ticket and why it may be the same."""

    ticket: TicketRow
    because: list[Because]


class Similar:
    """Looks tickets up while a demand is being written down. ``lists`` plans each statement anew, as for any list."""

    def __init__(self, lists: Pool, phones: PhoneBook) -> None:
        self._lists = lists
        self._phones = phones

    async def to(
        self, caller: Account, phone: str | None, topic: str | None, place: str | None, now: datetime
    ) -> list[Alike]:
        """What the caller may see of the same number, or of the same topic and place: both first, then the newest.

        ``caller`` is who asks, ``phone`` the number of whoever calls.
        """
        called = await self._phones.tickets(caller.jurisdiction, phone) if phone else []
        if not called and not (topic and place):
            return []
        rows = await self._lists.fetch(
            SQL["similar"], *bound(caller), called, topic, place, now - RECENT, AT_MOST
        )
        found = [_alike(row_of(row), called, topic, place, now) for row in rows]
        return sorted(found, key=lambda alike: -len(alike.because))


def _alike(row: TicketRow, called: list[str], topic: str | None, place: str | None, now: datetime) -> Alike:
    because: list[Because] = ["same_caller"] if row.id in called else []
    if topic and (row.topic, row.place) == (topic, place) and row.registered_at >= now - RECENT:
        because.append("same_matter")
    return Alike(row, because)
