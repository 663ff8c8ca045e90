"""时点: a ticket as it was known after one of its entries, by the fold that makes the live views (pure)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import convert

from services.console.rows import TicketRow
from shared.views import fold
from shared.views.placed import Placed
from shared.views.rows import DeadlineRow, Rows, TimelineRow


class Place(NamedTuple):
    """An entry of a ticket: where it lies, when it was recorded, and what it led to."""

    partition: int
    source: int
    offset: int
    at: datetime
    kinds: list[str]

    def __str__(self) -> str:
        return f"{self.partition}:{self.source}"


class AsOf(NamedTuple):
    """The ticket as it stood: its row (None where it was not registered yet), its clocks, what had happened."""

    row: TicketRow | None
    clocks: list[DeadlineRow]
    lines: list[TimelineRow]


def as_of(ticket: str, entries: Iterable[Placed], opened: fold.Opener) -> AsOf:
    """The ticket after these entries of it."""
    rows = fold.fold(Rows.known([], []), entries, opened)
    row = rows.tickets.get(ticket)
    clocks = sorted(rows.deadlines.values(), key=lambda clock: (clock.round, clock.start, clock.clock))
    shown = convert(row, TicketRow, from_attributes=True) if row else None
    return AsOf(shown, clocks, rows.timeline)


def last_by(places: Sequence[Place], source: int) -> int:
    """The index of the last entry that was there by that source; -1 before the first."""
    return sum(place.source <= source for place in places) - 1


def last_before(places: Sequence[Place], moment: datetime) -> int:
    """The index of the last entry recorded before that moment; -1 where there was none."""
    return sum(place.at < moment for place in places) - 1


FACTS = (
    "title", "stage", "round", "demand", "urgency", "topic", "place", "lead", "assisting", "handler",
    "citizen_due", "unit_due", "grade", "outcome",
)  # fmt: skip
"""What of a ticket is compared, in the order in which it is told."""


def changed(then: TicketRow, now: TicketRow) -> list[str]:
    """The facts that are no longer as they were."""
    return [name for name in FACTS if getattr(then, name) != getattr(now, name)]
