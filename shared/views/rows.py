"""The rows of the views, a type each: fields named as the columns of ``views.sql``, in their order.

Those that hold only plain values are kept from the garbage collector, which else walks a whole batch of them.
"""

from datetime import datetime
from typing import Any, Self

from msgspec import Raw, Struct

from shared.ticket.words import Clock, Demand, Grade, Outcome, Urgency


class TicketRow(Struct):
    """A ticket as it stands. Only the fold changes it."""

    id: str
    number: str
    jurisdiction: str
    channel: str
    account: str
    external_id: str
    scope: str | None
    confidential: bool
    public: bool
    demand: Demand
    urgency: Urgency
    topic: str | None
    place: str | None
    title: str | None
    stage: str
    outcome: Outcome | None
    triaged: bool
    round: int
    lead: str | None
    assisting: list[str]
    handler: str | None
    units: list[str]
    grade: Grade | None
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
    unit_due: datetime | None
    unit_stopped_at: datetime | None
    citizen_missed: bool
    unit_missed: bool
    missed: bool
    on_time: bool | None
    returns: int
    assignments: int
    redos: int
    attempts: int
    supplements: int
    undelivered: int
    warnings: int
    urges: int
    urges_ordered: int
    imported: bool
    reopened_at: datetime | None
    first_outcome: Outcome | None
    first_grade: Grade | None
    first_closed_at: datetime | None
    partition: int
    source: int
    changed_at: datetime


class DeadlineRow(Struct, gc=False):
    """A clock of one round. ``trace`` and ``policies`` are passed on as the JSON that they are."""

    ticket: str
    clock: Clock
    round: int
    start: datetime
    due: datetime
    before: datetime | None
    term: str
    warn_at: datetime | None
    provisional: bool
    trace: Raw
    policies: Raw
    status: str
    stopped_at: datetime | None

    @property
    def key(self) -> tuple[str, Clock, int]:
        """Its primary key."""
        return self.ticket, self.clock, self.round


class TimelineRow(Struct, frozen=True, gc=False):
    """An event, a refusal, a repeat or undecodable bytes. ``detail`` holds what JSON can say."""

    ticket: str
    partition: int
    source: int
    seq: int
    offset: int
    version: int
    at: datetime
    occurred_at: datetime | None
    kind: str
    asked: str | None
    person: str | None
    role: str | None
    unit: str | None
    detail: dict[str, Any]


class FeedRow(Struct, frozen=True, gc=False):
    """A unit's next thing to know about."""

    unit: str
    partition: int
    source: int
    ticket: str
    kind: str
    at: datetime


class DeliveryRow(Struct, frozen=True, gc=False):
    """A report to the channel, delivered or given up."""

    ticket: str
    purpose: str
    round: int
    delivered: bool
    tries: int
    at: datetime
    because: str | None


class TitleRow(Struct, frozen=True, gc=False):
    """What a ticket's title is found by, and who may find it."""

    id: str
    jurisdiction: str
    scope: str | None
    units: list[str]
    registered_at: datetime
    words: str


class RulingRow(Struct, frozen=True, gc=False):
    """A ruling on a return, with what the ticket was about then: the precedent of the next like case."""

    ticket: str
    jurisdiction: str
    topic: str | None
    place: str | None
    at: datetime
    unit: str
    upheld: bool
    to: str | None


class NameRow(Struct, frozen=True, gc=False):
    """What a code is called."""

    jurisdiction: str
    kind: str
    code: str
    zh: str
    en: str | None
    plain: str
    initials: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Its primary key."""
        return self.jurisdiction, self.kind, self.code


class PolicyRow(Struct, frozen=True, gc=False):
    """A policy version."""

    jurisdiction: str
    kind: str
    version: int
    document: Raw


class Rows(Struct):
    """The rows of a batch: the first two are read before the fold and replaced after it; titles and names replace."""

    tickets: dict[str, TicketRow]
    deadlines: dict[tuple[str, Clock, int], DeadlineRow]
    timeline: list[TimelineRow]
    unit_feed: list[FeedRow]
    deliveries: list[DeliveryRow]
    policies: list[PolicyRow]
    titles: dict[str, TitleRow]
    names: dict[tuple[str, str, str], NameRow]
    rulings: list[RulingRow]

    @classmethod
    def known(cls, tickets: list[TicketRow], deadlines: list[DeadlineRow]) -> Self:
        """What stands in the views before the batch."""
        return cls(
            {row.id: row for row in tickets}, {row.key: row for row in deadlines}, [], [], [], [], {}, {}, []
        )


VIEWS: dict[str, type[Struct]] = {
    "tickets": TicketRow,
    "deadlines": DeadlineRow,
    "timeline": TimelineRow,
    "unit_feed": FeedRow,
    "deliveries": DeliveryRow,
    "policies": PolicyRow,
    "titles": TitleRow,
    "names": NameRow,
    "rulings": RulingRow,
}
"""Every view but the positions, with the type of its rows."""
