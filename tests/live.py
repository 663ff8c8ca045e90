"""The record of a test's Kafka: commands in, counted entries out, waiting for what must come."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from typing import TypeVar

from aiokafka import AIOKafkaProducer

from shared.entry import Entry, Follower, read_entry
from shared.kafka import EVENTS, end_of, partition_of, producer, read, send_command
from shared.policy.documents import Document
from shared.settings import Settings
from shared.ticket.commands import Command, TicketBody
from shared.ticket.events import Happened
from shared.ticket.words import Actor
from tests.sample import OPERATOR, SAMPLE, WHO, documents, publish

PATIENCE = 60.0
"""Seconds to wait for what must come."""


E = TypeVar("E", bound=Happened)


class Live:
    """Commands in, counted entries out."""

    def __init__(self, settings: Settings, sender: AIOKafkaProducer) -> None:
        self.settings = settings
        self._sender = sender
        self._ids = count(1)
        self._read = {
            p: (Follower.at_start("ticket", p), 0, list[Entry]()) for p in range(settings.partitions)
        }

    async def publish(self, policies: Sequence[Document] | None = None) -> None:
        """Tell every partition the policies, in order."""
        for document in documents() if policies is None else policies:
            for partition in range(self.settings.partitions):
                await send_command(self._sender, self.settings, publish(document), [], partition)

    async def ask(
        self, ticket: str, *bodies: TicketBody, by: Actor | None = None, occurred_at: datetime | None = None
    ) -> None:
        """Send commands from whoever lawfully asks for them, or from ``by``."""
        for body in bodies:
            actor, issuer = WHO.get(type(body), (OPERATOR, "console"))
            command = Command(
                id=f"asked-{next(self._ids)}",
                ticket=ticket,
                jurisdiction=SAMPLE,
                actor=by or actor,
                issuer=issuer,
                occurred_at=occurred_at or datetime.now(UTC),
                body=body,
            )
            await send_command(self._sender, self.settings, command, [])

    async def entries(self, partition: int) -> list[Entry]:
        """All entries of a partition that count by now."""
        follower, offset, entries = self._read[partition]
        end = await end_of(self.settings, EVENTS, partition)
        async for records in read(self.settings, EVENTS, partition, offset, end):
            entries += [read_entry(r.value) for r in records if follower.counts(r.headers, r.value)]
        self._read[partition] = follower, end, entries
        return entries

    async def all(self) -> list[Entry]:
        """The same of all partitions."""
        return [e for p in range(self.settings.partitions) for e in await self.entries(p)]

    async def of(self, ticket: str) -> list[Entry]:
        """A ticket's entries."""
        partition = partition_of(ticket, self.settings.partitions)
        return [entry for entry in await self.entries(partition) if entry.ticket == ticket]

    async def until(self, what: str, holds: Callable[[list[Entry]], bool]) -> list[Entry]:
        """Read until the condition holds; the entries then. AssertionError names what did not come."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < deadline:
            entries = await self.all()
            if holds(entries):
                return entries
            await asyncio.sleep(0.05)
        raise AssertionError(f"did not come within {PATIENCE} s: {what}")


@asynccontextmanager
async def live(settings: Settings) -> AsyncIterator[Live]:
    """The test's record for the length of the block."""
    sender = producer(settings)
    await sender.start()
    try:
        yield Live(settings, sender)
    finally:
        await sender.stop()


def events(entries: Sequence[Entry], kind: type[E]) -> list[tuple[str, E]]:
    """(ticket, event) of one kind, in order."""
    return [(entry.ticket, event) for entry in entries for event in entry.events if isinstance(event, kind)]


def refusals(entries: Sequence[Entry], issuer: str) -> list[str]:
    """The codes with which commands of a service were refused."""
    quoted = f'"issuer":"{issuer}"'.encode()
    return [entry.refusal.code for entry in entries if entry.refusal and quoted in bytes(entry.command)]
