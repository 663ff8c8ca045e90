"""A counted entry as the fold takes it: decoded once, and only what a view shows."""

from typing import NamedTuple

from msgspec import DecodeError, Struct, json

from shared.entry import Source, UndecodableEntry
from shared.ticket.events import Event
from shared.ticket.refusals import Refusal
from shared.ticket.words import Actor, Moment

NAME_LIMIT = 200
"""Characters of a ticket's id in the views, as the book cuts undecodable ones: an index entry has a limit."""


class Body(Struct, frozen=True):
    """Which command it was."""

    kind: str


class Asked(Struct, frozen=True):
    """The part of a command that a timeline shows."""

    actor: Actor
    occurred_at: Moment
    body: Body


class After(Struct, frozen=True):
    """The part of a ticket's summary that a row or a line takes."""

    jurisdiction: str
    stage: str


class Told(Struct, frozen=True):
    """The part of a ``shared.entry.Entry`` that the views show; what it leaves out is not even decoded.

    ``command`` is None where it could not be decoded or was too large to be kept, ``after`` for a policy's entry.
    """

    source: Source
    ticket: str
    recorded_at: Moment
    version: int = 0
    command: Asked | None = None
    events: list[Event] = []
    refusal: Refusal | None = None
    repeat_of: int | None = None
    undecodable: str | None = None
    after: After | None = None


class Placed(NamedTuple):
    """An entry, its partition and its offset there, with the ticket's id as the views name it."""

    partition: int
    offset: int
    ticket: str
    entry: Told


_told = json.Decoder(Told).decode


def place(partition: int, offset: int, value: bytes) -> Placed:
    """Bytes → Placed; raises UndecodableEntry.

    Postgres keeps no NUL in a text, and one that reached the record must not stop a view: it shows as U+FFFD.
    """
    if rb"\u0000" in value:
        value = value.replace(rb"\u0000", rb"\ufffd")
    try:
        entry = _told(value)
    except (DecodeError, UnicodeDecodeError) as error:
        raise UndecodableEntry(str(error)) from None
    return Placed(partition, offset, entry.ticket[:NAME_LIMIT], entry)
