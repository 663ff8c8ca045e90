"""Through whose hands tickets went: the time ledger of many at once, and of a period's tickets by unit and cause."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from asyncpg import Pool, Record
from msgspec import Struct

from services.console.days import Period
from services.console.numbers.time_ledger import (
    CHANGES,
    Because,
    Holder,
    Line,
    Part,
    Span,
    in_full_minutes,
    time_ledger,
)
from services.console.people.accounts import Account
from services.console.queries import SEEN, bound
from services.console.rows import SHOWN, TicketRow, row_of
from services.console.sql import statements

SQL = statements(Path(__file__).with_name("hands.sql"), {"SEEN": SEEN, "SHOWN": SHOWN})
MOST = 2_000
"""Tickets whose time is summed up at once: each is worked out from its own events."""


async def hands(
    lists: Pool, caller: Account, rows: Sequence[TicketRow], now: datetime
) -> dict[str, list[Part]]:
    """The parts of each ticket's time ledger as people are told them, in order, by ticket."""
    told = await lists.fetch(SQL["hands"], *bound(caller), [row.id for row in rows], list(CHANGES))
    return await asyncio.to_thread(_ledgers, rows, told, now)


def _ledgers(rows: Sequence[TicketRow], told: Iterable[Record], now: datetime) -> dict[str, list[Part]]:
    lines = defaultdict[str, list[Line]](list)
    for one in told:
        detail = {"lead": one["lead"], "unit": one["unit"], "upheld": one["upheld"]}
        lines[one["ticket"]].append(Line(one["at"], one["kind"], detail))
    return {row.id: in_full_minutes(time_ledger(lines[row.id], span_of(row, now))) for row in rows}


def span_of(row: TicketRow, now: datetime) -> Span:
    """The ticket's times as its ledger needs them."""
    return Span(row.clock_from, row.citizen_stopped_at, row.closed_at or now)


def ran(parts: Iterable[Part]) -> timedelta:
    """How long the citizen's clock ran: as long as the parts together while it did."""
    return sum((part.length for part in parts if part.on_clock), timedelta())


def went_on(parts: Iterable[Part]) -> timedelta:
    """How long the ticket went on after the citizen's clock had stopped: its survey, its later rounds."""
    return sum((part.length for part in parts if not part.on_clock), timedelta())


class Held(NamedTuple):
    """A ticket with how long it was held for what is asked about."""

    ticket: TicketRow
    length: timedelta


class Owner(NamedTuple):
    """In whose account a stretch stands: the hotline's, a unit's (also what it is not charged), or elsewhere."""

    holder: Holder
    unit: str | None


def owner_of(part: Part) -> Owner:
    """The unit's own hands, and what the hotline had to do again on its account, are the unit's."""
    if part.unit and ("unit" in (part.holder, part.charged) or part.because in NOT_CHARGED):
        return Owner("unit", part.unit)
    return Owner(part.holder, None)


class Sum(Struct, frozen=True):
    """How long in all, over how many tickets."""

    length: timedelta
    tickets: int


class Spent:
    """A period's tickets with their parts; while the citizen's clock ran only."""

    def __init__(self, rows: Sequence[TicketRow], parts: Mapping[str, Sequence[Part]], whole: bool) -> None:
        self.rows = rows
        self.whole = whole
        """Whether these are all tickets of the period."""
        self._lengths: dict[tuple[Owner, Because], dict[str, timedelta]] = {}
        for row in rows:
            for part in parts[row.id]:
                if part.on_clock:
                    held = self._lengths.setdefault((owner_of(part), part.because), {})
                    held[row.id] = held.get(row.id, timedelta()) + part.length

    @property
    def units(self) -> list[str]:
        """The units, who held longest on their own account first."""
        units = {owner.unit for owner, _ in self._lengths if owner.unit}
        return sorted(units, key=lambda unit: (-self.sum("unit", unit, CHARGED).length, unit))

    def sum(self, holder: Holder, unit: str | None, causes: Sequence[Because]) -> Sum:
        """How long for these causes."""
        held = self._held(Owner(holder, unit), causes)
        return Sum(sum(held.values(), timedelta()), len(held))

    def held(self, holder: Holder, unit: str | None, causes: Sequence[Because]) -> list[Held]:
        """The tickets behind that sum, who was held longest first."""
        held = self._held(Owner(holder, unit), causes)
        found = [Held(row, held[row.id]) for row in self.rows if row.id in held]
        return sorted(found, key=lambda one: (-one.length, one.ticket.id))

    def _held(self, owner: Owner, causes: Sequence[Because]) -> dict[str, timedelta]:
        held: dict[str, timedelta] = {}
        for cause in causes:
            for ticket, length in self._lengths.get((owner, cause), {}).items():
                held[ticket] = held.get(ticket, timedelta()) + length
        return held


CHARGED: tuple[Because, ...] = ("signing", "handling", "return_refused", "answer_sent_back")
"""What is charged to a unit."""
NOT_CHARGED: tuple[Because, ...] = ("return_upheld",)
"""What a unit had in its hands without being charged: a justified return (design §4)."""
HOTLINE: tuple[Because, ...] = ("dispatching", "ruling", "reviewing", "surveying")
ELSEWHERE: tuple[Because, ...] = ("not_told_yet", "imported")


async def spent(lists: Pool, caller: Account, days: Period, unit: str | None, now: datetime) -> Spent:
    """The time of the tickets registered on those days, at most ``MOST`` of them: the latest."""
    found = await lists.fetch(SQL["registered"], *bound(caller), days.start, days.end, unit, MOST + 1)
    rows = [row_of(row) for row in found[:MOST]]
    return Spent(rows, await hands(lists, caller, rows, now), len(found) <= MOST)
