"""What a person did at a desk today: what they settled and what they passed over, each number with its list."""

from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

from asyncpg import Pool
from msgspec import Struct

from services.console.people.accounts import Account
from services.console.queries import SEEN, bound
from services.console.rows import SHOWN, TicketRow, row_of
from services.console.sql import statements
from services.console.workplace.holds import Holds, Skip

DeskQueue = Literal["triage", "review", "survey"]
"""The queues that are worked off one by one."""
DESKS: tuple[DeskQueue, ...] = get_args(DeskQueue)
SETTLING: dict[DeskQueue, tuple[str, ...]] = {
    "triage": ("Assigned",),
    "review": ("AnswerApproved", "AnswerSentBack"),
    "survey": ("SurveyAnswered", "SurveyAttempted"),
}
"""The events by which a ticket of a queue is done with, for now."""

SQL = statements(Path(__file__).with_name("shift.sql"), {"SEEN": SEEN, "SHOWN": SHOWN})


class Settled(Struct, frozen=True):
    """Tickets that were done with, how many in all, and when the last one was."""

    tickets: list[TicketRow]
    total: int
    last: datetime | None


class PassedOver(Struct, frozen=True):
    """What was skipped, and how often in all."""

    skips: list[Skip]
    total: int


class Shift:
    """The questions; ``since`` is where the person's day began."""

    def __init__(self, lists: Pool, holds: Holds) -> None:
        self._lists = lists
        self._holds = holds

    async def settled(self, caller: Account, queue: DeskQueue, since: datetime, limit: int) -> Settled:
        """What the caller did of a queue, the last thing first."""
        wanted = (caller.id, list(SETTLING[queue]), since, limit)
        rows = await self._lists.fetch(SQL["done"], *bound(caller), *wanted)
        last = rows[0]["done_at"] if rows else None
        return Settled([row_of(row) for row in rows], rows[0]["total"] if rows else 0, last)

    async def passed_over(self, caller: Account, queue: DeskQueue, since: datetime, limit: int) -> PassedOver:
        """What the caller skipped of a queue, and why, the latest first."""
        wanted = (caller.id, queue, since, limit)
        rows = await self._lists.fetch(SQL["skipped"], *bound(caller), *wanted)
        total = rows[0]["total"] if rows else 0
        named = [{name: row[name] for name in Skip.__struct_fields__} for row in rows]
        return PassedOver(await self._holds.readable(named), total)
