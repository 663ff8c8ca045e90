"""One ticket as it was, from the record alone: its entries up to a moment, and the state that they made."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime

from msgspec import Struct, json

from services.audit.errors import UnknownTicket
from shared.book import BOOK
from shared.entry import Entry, Follower, kinds, read_entry
from shared.kafka import EVENTS, partition_of, read
from shared.settings import Settings
from shared.ticket.events import HistoryImported, Registered
from shared.ticket.state import Ticket, evolve, registered
from shared.ticket.words import Actor, Moment


class Step(Struct, frozen=True):
    """One entry: when, who by role and unit, what it led to, and the stage after it."""

    offset: int
    source: int
    at: datetime
    occurred_at: datetime | None
    asked: str | None
    role: str | None
    unit: str | None
    kinds: list[str]
    refusal: str | None
    """The code, if it was refused."""
    version: int
    stage: str | None


class Replayed(Struct, frozen=True):
    """A ticket as it was; None where not one of its commands was accepted by then. Free text stays sealed."""

    id: str
    partition: int
    until: datetime | None
    ticket: Ticket | None
    steps: list[Step]


class _Body(Struct, frozen=True):
    kind: str


class _Asked(Struct, frozen=True):
    jurisdiction: str
    actor: Actor
    occurred_at: Moment
    body: _Body


_asked = json.Decoder(_Asked | None).decode


async def replay(settings: Settings, name: str, until: datetime | None = None) -> Replayed:
    """The ticket of that id or number, as of ``until`` by the record's time (its end if None).

    Raises UnknownTicket, and BrokenEntry or UndecodableEntry where the record itself cannot be read.
    """
    partition = _partition(name, settings.partitions)
    async with aclosing(_about(settings, partition, name)) as found:
        entries = [(offset, entry) async for offset, entry in found if _by(entry, until)]
    if not entries:
        raise UnknownTicket(f"the record knows no ticket {name} by then")
    ticket: Ticket | None = None
    steps = []
    for offset, entry in entries:
        ticket = _after(ticket, entry)
        steps.append(_step(offset, entry, ticket))
    return Replayed(entries[0][1].ticket, partition, until, ticket, steps)


def _partition(name: str, partitions: int) -> int:
    """A number names its partition (design §3 point 11); an id is hashed to it."""
    if len(name) == 16 and name.isdecimal() and int(name[8:10]) < partitions:
        return int(name[8:10])
    return partition_of(name, partitions)


def _by(entry: Entry, until: datetime | None) -> bool:
    return until is None or entry.recorded_at <= until


async def _about(settings: Settings, partition: int, name: str) -> AsyncGenerator[tuple[int, Entry], None]:
    """The ticket's entries with their offsets. Only what names it is decoded; every entry says its number."""
    follower, named = Follower.at_start(BOOK, partition), name.encode()
    async with aclosing(read(settings, EVENTS, partition, 0)) as batches:
        async for records in batches:
            for record in records:
                if follower.counts(record.headers, record.value) and named in record.value:
                    entry = read_entry(record.value)
                    if entry.ticket == name or (entry.after and entry.after.number == name):
                        yield record.offset, entry


def _after(ticket: Ticket | None, entry: Entry) -> Ticket | None:
    for event in entry.events:
        if isinstance(event, Registered | HistoryImported) and (asked := _asked(entry.command)):
            ticket = registered(event, entry.ticket, asked.jurisdiction)
        if ticket is not None:
            ticket = evolve(ticket, event, entry.recorded_at)
    return ticket


def _step(offset: int, entry: Entry, ticket: Ticket | None) -> Step:
    asked = _asked(entry.command)
    return Step(
        offset=offset,
        source=entry.source.offset,
        at=entry.recorded_at,
        occurred_at=asked.occurred_at if asked else None,
        asked=asked.body.kind if asked else None,
        role=asked.actor.role if asked else None,
        unit=asked.actor.unit if asked else None,
        kinds=kinds(entry).split(","),
        refusal=entry.refusal.code if entry.refusal else None,
        version=entry.version,
        stage=ticket.stage if ticket else None,
    )
