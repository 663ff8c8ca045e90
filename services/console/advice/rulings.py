"""先例: what was ruled on earlier returns of the same topic, at the same place first; and what each ruling would do."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from asyncpg import Pool
from msgspec import Struct, convert

from services.console.people.accounts import Account
from services.console.queries import SEEN, bound
from services.console.rows import TicketRow
from services.console.sql import statements
from shared.policy.clocks import Subject, from_assignment, from_signing, proposed
from shared.policy.documents import Policies
from shared.ticket.words import Clock, Proposed

SHOWN = 5
"""Precedents shown of the same place, and as many of elsewhere."""
Option = Literal["kept", "moved", "back"]
"""维持 (the unit keeps it), 改派 (upheld, to another unit), 回研判 (upheld, to nobody yet)."""

SQL = statements(Path(__file__).with_name("rulings.sql"), {"SEEN": SEEN})


class Precedent(Struct, frozen=True):
    """A ruling: which unit asked, whom it suggested, how it went, who has the ticket now; ``here``: the same place."""

    ticket: str
    number: str
    here: bool
    place: str | None
    at: datetime
    unit: str
    upheld: bool
    to: str | None
    lead: str | None
    suggested: str | None


class Effect(Struct, frozen=True):
    """What an option does to the clocks: what is charged to the unit that asked, and what the next unit would have.

    charged  for how long the unit is charged, from its assignment on; nothing where its return is upheld (design §4)
    clocks   those that a new assignment would start now; the ones that run on are the ticket's own
    later    those that the new unit's signing would start
    """

    option: Option
    charged: timedelta | None
    clocks: list[Proposed] = []
    later: tuple[Clock, ...] = ()


class Rulings:
    """Reads the rulings that the views have. ``lists`` plans each statement anew."""

    def __init__(self, lists: Pool) -> None:
        self._lists = lists

    async def precedents(self, caller: Account, row: TicketRow) -> list[Precedent]:
        """Of the same topic, those at the same place first, each the newest first; none of a ticket without a topic."""
        if row.topic is None:
            return []
        rows = await self._lists.fetch(SQL["precedents"], *bound(caller), row.topic, row.place, row.id, SHOWN)
        return [convert(dict(one), Precedent) for one in rows]


def effects(row: TicketRow, policies: Policies, now: datetime) -> list[Effect]:
    """What each option would do if it were ruled now. The citizen's clock runs on in all of them."""
    of = Subject(row.jurisdiction, row.demand, row.urgency, row.channel)  # type: ignore[arg-type]
    starts = from_assignment(of, row.round, policies, now)
    would_be = (proposed(of, clock, row.round, now, policies, now) for clock in starts)
    later = from_signing(of, row.round, policies, now)
    return [
        Effect("kept", now - row.assigned_at if row.assigned_at else None),
        Effect("moved", None, [one for one in would_be if one], later),
        Effect("back", None),
    ]


def proposal(precedents: Sequence[Precedent], like: str | None) -> dict[str, str]:
    """What a form would say to rule as that precedent did; empty where there is no such one."""
    found = next((one for one in precedents if one.ticket == like), None)
    if found is None:
        return {}
    return {"upheld": "true", "to": found.to or ""} if found.upheld else {"upheld": "false"}


def nearest(precedents: Iterable[Precedent]) -> Precedent | None:
    """The one that is proposed: the newest of the same topic at the same place."""
    return next((one for one in precedents if one.here), None)
