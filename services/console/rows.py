"""What people read of the views, as values: a ticket, what a code is called, and pages of tickets (pure)."""

from datetime import datetime
from typing import Any, Literal

from asyncpg import Record
from msgspec import Struct, convert

from services.console import cursors


class TicketRow(Struct, frozen=True):
    """A ticket as people see it: a row of ``views.tickets`` without what only the projector needs."""

    id: str
    number: str
    jurisdiction: str
    channel: str
    external_id: str
    scope: str | None
    confidential: bool
    public: bool
    demand: str
    urgency: str
    topic: str | None
    place: str | None
    title: str | None
    stage: str
    outcome: str | None
    triaged: bool
    round: int
    lead: str | None
    assisting: list[str]
    handler: str | None
    grade: str | None
    version: int
    registered_at: datetime
    clock_from: datetime
    assigned_at: datetime | None
    signed_at: datetime | None
    contacted_at: datetime | None
    answered_at: datetime | None
    approved_at: datetime | None
    surveyed_at: datetime | None
    closed_at: datetime | None
    citizen_due: datetime | None
    citizen_stopped_at: datetime | None
    citizen_missed: bool
    unit_due: datetime | None
    unit_stopped_at: datetime | None
    unit_missed: bool
    on_time: bool | None
    returns: int
    redos: int
    attempts: int
    supplements: int
    undelivered: int
    imported: bool
    changed_at: datetime
    reopened_at: datetime | None = None
    first_outcome: str | None = None
    first_grade: str | None = None
    first_closed_at: datetime | None = None
    assignments: int = 0
    warnings: int = 0
    urges: int = 0
    urges_ordered: int = 0


SHOWN = ", ".join(f"t.{column}" for column in TicketRow.__struct_fields__)
"""The columns of a ticket as people see it."""


class Name(Struct, frozen=True):
    """What a code is called; a place or a handler has no English name."""

    kind: Literal["unit", "handler", "place", "topic"]
    code: str
    zh: str
    en: str | None


class Page(Struct, frozen=True):
    """Rows of a list, and the cursor of the next page; None where this is the last."""

    tickets: list[TicketRow]
    next: str | None


class Listed(Struct, frozen=True):
    """A page of a list that knows its length: one more than ``MOST_AT_ONCE`` where it is longer."""

    tickets: list[TicketRow]
    next: str | None
    total: int


class Waiting(Struct, frozen=True):
    """A queue or an inbox: the first rows, and how many there are in all."""

    tickets: list[TicketRow]
    total: int


class Feed(Struct, frozen=True):
    """A stretch of a unit's feed; ``next`` is the following request's ``since``, also when nothing is new."""

    entries: list[dict[str, Any]]
    next: str


def row_of(row: Record) -> TicketRow:
    """A row of SHOWN."""
    return convert(dict(row), TicketRow)


def page_of(rows: list[Record], limit: int) -> Page:
    """One row more than the limit was asked for, to know whether there is a next page."""
    shown = [row_of(row) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(shown, cursors.written((shown[-1].registered_at, shown[-1].id)) if more else None)


def listed_of(rows: list[Record], limit: int) -> Listed:
    """The same of a list whose rows tell how many there are."""
    page = page_of(rows, limit)
    return Listed(page.tickets, page.next, _total(rows))


def waiting_of(rows: list[Record]) -> Waiting:
    """A queue or an inbox, whose rows tell how many there are."""
    return Waiting([row_of(row) for row in rows], _total(rows))


def _total(rows: list[Record]) -> int:
    """Each row of a page says how long the list is; a page without rows is beyond its end."""
    return int(rows[0]["total"]) if rows else 0
