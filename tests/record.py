"""A record on a real Kafka, kept in the test's own process: each command is appended, decided, and its entry appended.

What a ledger does, a command at a time, so that a test can say what stands in the topics, and spoil it.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from copy import copy
from itertools import count

from aiokafka import AIOKafkaProducer
from aiokafka.structs import RecordMetadata

from shared.book import CLOUD_EVENT, Book, Written
from shared.chain import link
from shared.entry import Entry, kinds, write_entry
from shared.kafka import COMMANDS, EVENTS, partition_of, producer
from shared.policy.documents import Document
from shared.settings import Settings
from shared.ticket.commands import Command, TicketBody, write
from shared.ticket.words import Actor
from tests.sample import OPERATOR, SAMPLE, START, WHO, documents, publish, register


class Record:
    """The books of every partition, and the topics that they are written to."""

    def __init__(self, settings: Settings, sender: AIOKafkaProducer) -> None:
        self.settings = settings
        self.sender = sender
        self.books = [Book(partition, {}) for partition in range(settings.partitions)]
        self._ids = count(1)

    async def publish(self, published: Sequence[Document]) -> None:
        """Tell every partition these policies."""
        for document in published:
            for partition in range(self.settings.partitions):
                await self.send(publish(document), partition)

    async def send(self, command: Command, partition: int | None = None) -> Entry:
        """Append a command and the entry that it leads to."""
        at = partition_of(command.ticket, self.settings.partitions) if partition is None else partition
        return await self.raw(at, command.ticket.encode(), write(command))

    async def raw(self, partition: int, key: bytes, value: bytes) -> Entry:
        """Append bytes as a command, and the entry that they lead to."""
        asked = await self._append(COMMANDS, partition, key, value, [])
        written = self.books[partition].enter(asked.offset, asked.timestamp, key, value)
        await self.append(partition, written)
        return written.entry

    async def asked(self, partition: int, command: Command) -> RecordMetadata:
        """Append a command, and leave its entry to the test."""
        return await self._append(COMMANDS, partition, command.ticket.encode(), write(command), [])

    async def append(self, partition: int, written: Written) -> None:
        """Append an entry as it is."""
        await self._append(EVENTS, partition, written.key, written.value, written.headers)

    def forged(self, partition: int, entry: Entry, value: bytes | None = None) -> Written:
        """An entry whose chain is valid, as somebody with the ledger's rights could write it."""
        value = value or write_entry(entry)
        made = link(self.books[partition].head.chain, value)
        chain = [("previous", made.previous), ("digest", made.digest), ("hash", made.hash)]
        source = b"%d/%d" % (entry.source.epoch, entry.source.offset)
        named = [("source", source), ("kinds", kinds(entry).encode()), ("ce_id", entry.id.encode())]
        return Written(entry.ticket.encode(), value, [*chain, *named, *CLOUD_EVENT], entry)

    async def unreadable(self, partition: int, ticket: str) -> None:
        """Append an entry that counts and that this program cannot read, as a newer one might write it."""
        asked = await self.asked(partition, command := self.command(ticket, register()))
        book = self.books[partition]
        before = copy(book.head)
        entry = book.enter(asked.offset, asked.timestamp, ticket.encode(), write(command)).entry
        book.head = before
        newer = write_entry(entry).replace(b'"kind":"Registered"', b'"kind":"RegisteredAnew"')
        await self.append(partition, self.forged(partition, entry, newer))

    async def _append(
        self, topic: str, partition: int, key: bytes, value: bytes, headers: list[tuple[str, bytes]]
    ) -> RecordMetadata:
        return await self.sender.send_and_wait(
            self.settings.topic(topic), value, key=key, partition=partition, headers=headers
        )

    def command(self, ticket: str, body: TicketBody, by: Actor | None = None, **change: object) -> Command:
        """A command from whoever lawfully asks for it, or from ``by``."""
        actor, issuer = WHO.get(type(body), (OPERATOR, "console"))
        if by is not None:
            actor, issuer = by, by.person if by.role == "service" else "console"
        values: dict[str, object] = {
            "id": f"c-{next(self._ids)}",
            "ticket": ticket,
            "jurisdiction": SAMPLE,
            "actor": actor,
            "issuer": issuer,
            "occurred_at": START,
            "body": body,
        }
        return Command(**{**values, **change})  # type: ignore[arg-type]

    async def when(self, ticket: str, body: TicketBody, by: Actor | None = None, **change: object) -> Entry:
        """Ask for something of a ticket; the entry that it led to."""
        return await self.send(self.command(ticket, body, by, **change))

    async def given(self, ticket: str, *bodies: TicketBody) -> None:
        """What was done to a ticket, all of it accepted."""
        for body in bodies:
            entry = await self.when(ticket, body)
            assert entry.refusal is None, entry.refusal


@asynccontextmanager
async def recorded(settings: Settings, published: Sequence[Document] | None = None) -> AsyncIterator[Record]:
    """A record in the test's topics, with the sample policies published."""
    async with producer(settings) as sender:
        record = Record(settings, sender)
        await record.publish(documents() if published is None else published)
        yield record
