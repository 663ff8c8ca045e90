"""A line of another system's history (JSON Lines) and the command that it becomes (design §3 point 14)."""

from datetime import datetime

from msgspec import Struct, ValidationError, json

from shared.channels.form import Citizen
from shared.ids import command_id, ticket_id
from shared.sealing import TicketKey
from shared.ticket.commands import Command, ImportHistory
from shared.ticket.words import Actor, Demand, Grade, Moment, Outcome, Past, Step, Urgency

IMPORTER = Actor("import", "service")


class PlainStep(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the ticket's past; ``text`` is sealed before it is sent."""

    at: Moment
    what: str
    who: str | None = None
    text: str | None = None


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """One ticket of the other system. Times carry their offset; ``unit`` is one of our units' ids."""

    channel: str
    account: str
    external_id: str
    title: str
    text: str
    registered_at: Moment
    demand: Demand = "other"
    urgency: Urgency = "ordinary"
    topic: str | None = None
    place: str | None = None
    citizen: Citizen | None = None
    scope: str | None = None
    number: str | None = None
    unit: str | None = None
    due: Moment | None = None
    answered_at: Moment | None = None
    closed_at: Moment | None = None
    outcome: Outcome | None = None
    grade: Grade | None = None
    steps: list[PlainStep] = []


class BadLine(ValueError):
    """A line that is no ticket: its number in the file, the field and what is wrong; never its content."""


def read_lines(content: bytes) -> list[Line]:
    """All lines of a file, or BadLine for the first that is wrong: a file is taken whole or not at all."""
    lines = []
    for number, raw in enumerate(content.splitlines(), start=1):
        if raw.strip():
            lines.append(_line(raw, number))
    return lines


def _line(raw: bytes, number: int) -> Line:
    try:
        line = json.decode(raw, type=Line)
    except (ValidationError, UnicodeDecodeError, ValueError) as error:
        raise BadLine(f"line {number}: {error}") from None
    ended = {line.outcome is None, line.closed_at is None}
    if len(ended) == 2:
        raise BadLine(f"line {number}: outcome and closed_at go together")
    if line.closed_at and line.closed_at < line.registered_at:
        raise BadLine(f"line {number}: closed_at lies before registered_at")
    return line


def imported(line: Line, jurisdiction: str, key: TicketKey, now: datetime) -> Command:
    """The command that brings a line in, every free text sealed; the same line gives the same command id."""
    id = ticket_id(jurisdiction, line.account, line.external_id)
    past = Past(
        registered_at=line.registered_at,
        due=line.due,
        answered_at=line.answered_at,
        closed_at=line.closed_at,
        outcome=line.outcome,
        grade=line.grade,
        unit=line.unit,
        number=line.number,
        steps=[
            Step(s.at, s.what, s.who, key.seal("text", s.text) if s.text is not None else None)
            for s in line.steps
        ],
    )
    body = ImportHistory(
        channel=line.channel,
        account=line.account,
        external_id=line.external_id,
        title=key.seal("title", line.title),
        text=key.seal("text", line.text),
        past=past,
        demand=line.demand,
        urgency=line.urgency,
        topic=line.topic,
        place=line.place,
        citizen=key.seal("citizen", json.encode(line.citizen).decode()) if line.citizen else None,
        scope=line.scope,
    )
    return Command(command_id(id, "history"), id, jurisdiction, IMPORTER, "import", now, body)
