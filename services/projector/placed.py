"""A counted entry as the fold takes it: decoded once, with who asked and where it stood."""

from typing import NamedTuple

from msgspec import Struct, json

from shared.entry import Entry, read_entry
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


class Placed(NamedTuple):
    """``asked`` is None where the command could not be decoded or was too large to be kept."""

    partition: int
    ticket: str
    entry: Entry
    asked: Asked | None


_asked = json.Decoder(Asked | None).decode


def place(partition: int, value: bytes) -> Placed:
    """Bytes → Placed; raises UndecodableEntry.

    Postgres keeps no NUL in a text, and one that reached the record must not stop a view: it shows as U+FFFD.
    """
    if rb"\u0000" in value:
        value = value.replace(rb"\u0000", rb"\ufffd")
    entry = read_entry(value)
    return Placed(partition, entry.ticket[:NAME_LIMIT], entry, _asked(entry.command))
