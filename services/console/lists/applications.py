"""申请与裁决: what a unit applied for and what the hotline ruled."""

from datetime import datetime, timedelta
from pathlib import Path

from asyncpg import Pool
from msgspec import Struct, convert

from services.console.people.accounts import Account
from services.console.queries import SEEN, bound
from services.console.sql import statements

SQL = statements(Path(__file__).with_name("applications.sql"), {"SEEN": SEEN})


class Application(Struct, frozen=True):
    """A return request and its ruling; ``upheld`` is None until it is ruled. The reasons stay sealed in the record."""

    id: str
    number: str
    title: str | None
    asked_at: datetime
    person: str
    suggested: str | None
    ruled_at: datetime | None
    upheld: bool | None
    to: str | None

    def waited(self, now: datetime) -> timedelta:
        """How long the ruling took, or takes so far."""
        return (self.ruled_at or now) - self.asked_at


class Applications:
    """Each unit's. ``lists`` is a pool that plans each statement anew."""

    def __init__(self, lists: Pool) -> None:
        self._lists = lists

    async def of(self, caller: Account, limit: int) -> list[Application]:
        """The caller's unit's, those that wait for a ruling first."""
        rows = await self._lists.fetch(SQL["list"], *bound(caller), limit)
        return [convert(dict(row), Application) for row in rows]
