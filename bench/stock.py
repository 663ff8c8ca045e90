"""Commands laid in beforehand: whole lives of sample tickets, as the services would have asked for them."""

from collections.abc import Iterator
from datetime import UTC, datetime

from bench.system import JURISDICTION, UNITS
from shared.ids import command_id, ticket_id
from shared.ticket import commands as c
from shared.ticket.commands import Command, TicketBody
from shared.ticket.words import Actor, Reason, Sealed

ACCOUNT = "bench"
TEXT = Sealed("c2FtcGxlIHRleHQg" * 6)
"""About what a sealed sentence takes: 96 characters."""
OPERATOR = Actor("operator-1", "operator")


def ticket_of(n: int) -> str:
    """The id of the stock's n-th ticket."""
    return ticket_id(JURISDICTION, ACCOUNT, f"S{n}")


def register(n: int) -> Command:
    """登记."""
    body = c.Register(
        channel="hotline",
        account=ACCOUNT,
        external_id=f"S{n}",
        fingerprint=f"{n:064x}",
        title=TEXT,
        text=TEXT,
        demand="help",
        topic=f"topic_{n % UNITS}",
        place="east",
    )
    return asked(n, body, Actor(ACCOUNT, "channel"), "intake")


def life(n: int) -> Iterator[Command]:
    """From registration to the citizen's satisfied word: six commands."""
    unit = f"unit_{n % UNITS}"
    yield register(n)
    assign = c.Assign(unit, Reason(f"rule_{n % UNITS}", 1, 0, 3), handler=f"handler_{n % UNITS}_0")
    yield asked(n, assign, Actor("dispatch", "service"), "dispatch")
    yield asked(n, c.Sign(), Actor("unit-1", "unit", unit), "console")
    yield asked(n, c.Answer(TEXT, TEXT, solved=True), Actor("unit-1", "unit", unit), "console")
    yield asked(n, c.Approve(), OPERATOR, "console")
    yield asked(n, c.RecordSurvey("satisfied"), OPERATOR, "console")


def asked(n: int, body: TicketBody, by: Actor, issuer: str) -> Command:
    """A command to the n-th ticket."""
    ticket = ticket_of(n)
    id = command_id(ticket, type(body).__name__)
    return Command(id, ticket, JURISDICTION, by, issuer, datetime.now(UTC), body)
