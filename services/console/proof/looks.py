"""查看: what is sealed is opened once the look stands in the ticket's own record, and not before (design §8)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from msgspec import Struct, json
from msgspec.structs import replace

from services.console.asking.forms import Look, LookAtFile
from services.console.attachments.files import unreadable
from services.console.desk import Desk
from services.console.freshness import Token
from services.console.people.accounts import Account
from services.console.proof.record import RecordAway
from shared.channels.form import Citizen
from shared.entry import Entry, read_entry
from shared.problems import Problem
from shared.sealing import SealingError, TicketKey
from shared.ticket import commands as c
from shared.ticket.commands import Command
from shared.ticket.events import Event, Looked
from shared.ticket.words import Actor, Attachment, Purpose, Sealed, Written

PATIENCE = 5.0
"""Seconds to wait for the look's entry."""


class Value(Struct, frozen=True):
    """One value of a field and the event that brought it; the source tells supplements and rounds apart.

    ``value`` is None where it cannot be opened. The query code, which no event holds, comes from the look itself.
    """

    field: Written
    event: str
    source: int
    at: datetime
    value: str | Citizen | None


class Opened(Struct, frozen=True):
    """What a look showed. ``token`` is the place of its entry."""

    ticket: str
    token: str
    recorded_at: datetime
    purpose: Purpose
    values: list[Value]


async def look(desk: Desk, caller: Account, ticket: str, asked: Look) -> Opened:
    """Record the look, then open the fields. Whoever asks may know of the ticket; if they may look, the ledger says.

    Raises Problem: the ledger's refusal, 503 where the look is not seen to be recorded or the record cannot be read,
    410 where nothing can be opened because the ticket's key is destroyed. Without ``Looked`` nothing is opened.
    """
    token, entry = await _recorded(desk, caller, ticket, asked.command(_nothing_to_seal))
    await desk.freshness.reached(token)
    places = await desk.queries.sealed(caller, ticket, asked.fields)
    values = await _values(desk, ticket, places, asked.fields)
    if "code" in asked.fields:
        code = await desk.citizens.code(ticket)
        values.append(Value("code", "Looked", token.source, entry.recorded_at, code))
    refuse_unreadable(values)
    return Opened(ticket, str(token), entry.recorded_at, asked.purpose, values)


class OpenedFile(Struct, frozen=True):
    """A file that a look showed. ``token`` is the place of the look's entry."""

    token: str
    file: Attachment
    content: bytes


async def look_at_file(
    desk: Desk, caller: Account, ticket: str, digest: str, asked: LookAtFile
) -> OpenedFile:
    """Record the look, then open the file. Whoever asks may know of the ticket; if they may look, the ledger says.

    Raises Problem: 404 where the ticket has no such file, and what ``look`` raises; 503 where the file is lost.
    """
    file = await desk.files.of(caller, ticket, digest)
    body = replace(asked.command(_nothing_to_seal), files=[digest])
    token, _ = await _recorded(desk, caller, ticket, body)
    return OpenedFile(str(token), file, await desk.files.opened(ticket, file))


async def _recorded(desk: Desk, caller: Account, ticket: str, body: c.Look) -> tuple[Token, Entry]:
    """The look's entry. Raises Problem: the ledger's refusal, 503 where it is not seen to be recorded."""
    token = await desk.send(_command(caller, ticket, body))
    entry = await desk.outcomes.of(token.partition, token.source, PATIENCE)
    if entry is not None and entry.refusal:
        raise Problem.refused(entry.refusal)
    if entry is None or not any(isinstance(event, Looked) for event in entry.events):
        zh, en = (
            "查看未能及时入账,内容没有打开,请稍后再试。",
            "The look was not recorded in time, so nothing was opened: try again.",
        )
        raise Problem(503, "look_not_recorded", zh, en, headers={"Retry-After": "5"})
    return token, entry


def refuse_unreadable(values: Sequence[Value]) -> None:
    """Raises Problem 410 where there is something and none of it can be opened."""
    if values and all(value.value is None for value in values):
        raise unreadable()


def _command(caller: Account, ticket: str, body: c.Look) -> Command:
    """Never the same one twice: whoever looks again has looked twice."""
    return Command(
        id=str(uuid4()),
        ticket=ticket,
        jurisdiction=caller.jurisdiction,
        actor=Actor(caller.id, caller.role, caller.unit),
        issuer="console",
        occurred_at=datetime.now(UTC),
        body=body,
    )


def _nothing_to_seal(field: str, _: str) -> Sealed:
    raise TypeError(f"a look has no free text: {field}")


async def _values(
    desk: Desk, ticket: str, places: Sequence[tuple[int, int]], fields: Sequence[Written]
) -> list[Value]:
    """What these fields said over time, oldest first."""
    entries = await _entries(desk, places)
    key = await desk.keyring.current(ticket)
    return [
        Value(field, type(event).__name__, entry.source.offset, entry.recorded_at, _open(key, field, sealed))
        for entry in entries
        for event in entry.events
        for field in fields
        if (sealed := _sealed(event, field)) is not None
    ]


async def _entries(desk: Desk, places: Sequence[tuple[int, int]]) -> list[Entry]:
    """The record's own entries at these places: nothing sealed is kept anywhere else."""
    if not places:
        return []
    try:
        records = await desk.record.at(places[0][0], [offset for _, offset in places])
    except RecordAway:
        zh, en = (
            "查看已入账,但记录暂时读不到,内容没有打开,请稍后再试。",
            "The look is recorded, but the record cannot be read now, so nothing was opened: try again.",
        )
        raise Problem(503, "record_away", zh, en, headers={"Retry-After": "5"}) from None
    return [read_entry(record.value) for record in records]


def _sealed(event: Event, field: Written) -> Sealed | None:
    sealed: Sealed | None = getattr(event, field, None)
    return sealed


def _open(key: TicketKey | None, field: Written, sealed: Sealed) -> str | Citizen | None:
    try:
        text = key.open(field, sealed) if key else None
    except SealingError:
        return None
    return json.decode(text, type=Citizen) if text is not None and field == "citizen" else text
