"""What every desk lays before a person: the ticket in hand with all that is known of it, and what comes next."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from services.console.advice.answer_checks import Check
from services.console.desk import Desk
from services.console.pages.ticket import Clock
from services.console.pages.timeline import Line
from services.console.people.accounts import Account
from services.console.proof.looks import Opened, Value
from services.console.rows import TicketRow
from shared.policy.documents import Policies
from shared.ticket.state import Ticket


class Hand(Struct, frozen=True):
    """The ticket in hand, until when it is held, and what all desks show of it, its clocks only as far as they matter.

    ``stands`` is the ticket as the decider would see it.
    """

    row: TicketRow
    until: datetime
    lines: list[Line]
    clocks: list[Clock]
    stands: Ticket


class Sitting(Struct, frozen=True):
    """Who sits at the desk now, and by which policies."""

    desk: Desk
    caller: Account
    policies: Policies
    now: datetime


class Part(Struct, frozen=True):
    """Opened values that belong together, under a heading where there are several parts."""

    heading: Literal["", "demand", "answer"]
    values: list[Value]


class Laid(Struct, frozen=True):
    """What a look opened, as the desk lays it out, and what was found in it."""

    opened: Opened
    parts: list[Part]
    checks: list[Check] = []


def of_fields(opened: Opened, *fields: str) -> list[Value]:
    """The values of these fields in the record's order."""
    return [value for value in opened.values if value.field in fields]


def latest(opened: Opened, field: str) -> list[Value]:
    """What a field said last; none where it said nothing."""
    return of_fields(opened, field)[-1:]
