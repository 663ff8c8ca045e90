"""今日待办: what a unit has in hand, in groups; a group's number and its list are one condition (``inbox.sql``)."""

from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

from asyncpg import Pool, Record
from msgspec import Struct, convert

from services.console.asking.signoffs import WAITING
from services.console.people.accounts import Account
from services.console.queries import SEEN, bound
from services.console.rows import SHOWN, TicketRow
from services.console.sql import statements
from shared.ticket.words import Clock

Group = Literal["all", "sign", "contact", "handle", "signoff", "returning", "redo", "urged", "assist"]
GROUPS: tuple[Group, ...] = get_args(Group)

FILE = Path(__file__).with_name("inbox.sql")
_PARTS = {name: sql.rstrip() for name, sql in statements(FILE).items()}
_SIGNOFF = {"SIGNOFF": _PARTS["is_signoff"], "WAITING": f"({WAITING})"}


def _condition(group: Group) -> str:
    condition = _PARTS[group]
    for word, part in _SIGNOFF.items():
        condition = condition.replace(word, part)
    return f"(\n{condition}\n)"


_CONDITIONS = {group: _condition(group) for group in GROUPS}
_SHARED = {"SEEN": SEEN, "SHOWN": SHOWN, "HELD": _PARTS["held"]}
COUNTS = statements(
    FILE,
    _SHARED
    | {"COUNTS": ", ".join(f'count(*) FILTER (WHERE {sql}) AS "{of}"' for of, sql in _CONDITIONS.items())},
)["counts"]
LISTS = {
    group: statements(FILE, _SHARED | {"GROUP_IS": condition})["list"]
    for group, condition in _CONDITIONS.items()
}


class Task(Struct, frozen=True):
    """A ticket of the inbox, with the first of the unit's clocks that still runs; ``clock`` is None without one.

    ruled   a return was ruled on, so that nobody may return it again
    """

    ticket: TicketRow
    clock: Clock | None
    due: datetime | None
    term: str | None
    warn_at: datetime | None
    ruled: bool


class Inbox:
    """The groups of each unit's inbox. ``lists`` is a pool that plans each statement anew."""

    def __init__(self, lists: Pool) -> None:
        self._lists = lists

    async def counts(self, caller: Account) -> dict[Group, int]:
        """How many tickets each group has."""
        row = await self._lists.fetchrow(COUNTS, *bound(caller))
        return {group: row[group] for group in GROUPS}

    async def tasks(self, caller: Account, group: Group, limit: int) -> list[Task]:
        """A group's tickets, what is due first on top."""
        return [_task(row) for row in await self._lists.fetch(LISTS[group], *bound(caller), limit)]


def _task(row: Record) -> Task:
    shown = {name: row[name] for name in TicketRow.__struct_fields__}
    next_ = (row[name] for name in ("next_clock", "next_due", "next_term", "next_warn", "ruled"))
    return Task(convert(shown, TicketRow), *next_)
