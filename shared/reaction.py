"""What a reactor's pure part works with: an entry it notices, and what it wants done because of it."""

from collections.abc import Sequence
from typing import NamedTuple

from shared.entry import Entry
from shared.ids import command_id
from shared.policy.documents import Policies
from shared.ticket.commands import Command, TicketBody
from shared.ticket.words import Actor


class Noticed(NamedTuple):
    """An entry with the policies that govern its partition once it is read, and the headers of its record."""

    entry: Entry
    partition: int
    policies: Policies
    headers: Sequence[tuple[str, bytes]] = ()


class Want(NamedTuple):
    """A command to be asked for; ``purpose`` tells it from others that the same entry causes."""

    purpose: str
    body: TicketBody


def command_for(service: str, entry: Entry, want: Want) -> Command:
    """The command, the same however often the entry is met; ValueError for an entry of no ticket."""
    if entry.after is None:
        raise ValueError(f"entry {entry.id} is of no ticket")
    return Command(
        id=command_id(entry.id, f"{service}|{want.purpose}"),
        ticket=entry.ticket,
        jurisdiction=entry.after.jurisdiction,
        actor=Actor(service, "service"),
        issuer=service,
        occurred_at=entry.recorded_at,
        body=want.body,
    )
