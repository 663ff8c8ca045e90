"""Policies in the record (edge): sent to every partition, and read back from each (design §1)."""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from msgspec import Struct, json

from shared.entry import Entry, Follower, read_entry
from shared.ids import command_id
from shared.kafka import EVENTS, READ_BYTES, producer, send_command
from shared.policy.documents import Document, Policies
from shared.settings import Settings
from shared.ticket.commands import Command, PublishPolicy
from shared.ticket.events import PolicyPublished
from shared.ticket.publishing import policy_stream
from shared.ticket.refusals import Refusal
from shared.ticket.words import Actor

PATIENCE = 30.0
"""Seconds to wait for the ledger's entries: a ledger that restarts needs fewer."""
POLICY_KEY = b"policy/"
"""What every ``policy_stream`` begins with, and no ticket's id."""


class LedgerSilentError(Exception):
    """Commands were sent, but their entries did not come in time.

    Operator: see that the ledger runs (``huiyin status``), then publish again: what arrived is not done twice.
    """


class Reached(Struct, frozen=True):
    """What publishing a document came to, by partition: new there, had it word for word, or refused it."""

    document: Document
    published: tuple[int, ...] = ()
    had: tuple[int, ...] = ()
    refused: dict[int, Refusal] = {}


class PolicyRecord(AbstractAsyncContextManager["PolicyRecord"]):
    """Reads every partition of the record from its beginning, and keeps what concerns policies.

    Only counted entries are heeded, so what it shows is what every decider and reactor has met.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.policies = dict.fromkeys(range(settings.partitions), Policies())
        self.entries: dict[tuple[int, int], Entry] = {}
        """By partition and the offset of their command."""
        self._followers = {p: Follower.at_start("ticket", p) for p in self.policies}
        self._topics = {p: TopicPartition(settings.topic(EVENTS), p) for p in self.policies}

    async def __aenter__(self) -> Self:
        """Reads up to the end of now. Raises aiokafka's KafkaError without a broker or topic."""
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.kafka,
            auto_offset_reset="none",
            enable_auto_commit=False,
            max_partition_fetch_bytes=READ_BYTES,
        )
        await self._consumer.start()
        self._consumer.assign(list(self._topics.values()))
        for topic in self._topics.values():
            self._consumer.seek(topic, 0)
        ends = await self._consumer.end_offsets(list(self._topics.values()))
        while [t for t, end in ends.items() if await self._consumer.position(t) < end]:
            await self._read_on()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def until(self, wanted: set[tuple[int, int]]) -> None:
        """Read on until the entries of these commands are there; LedgerSilentError after ``PATIENCE``."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not wanted <= self.entries.keys():
                    await self._read_on()
        except TimeoutError:
            silent = sorted({p for p, _ in wanted - self.entries.keys()})
            raise LedgerSilentError(f"no entry within {PATIENCE:.0f} s in partitions {silent}") from None

    async def _read_on(self) -> None:
        for topic, records in (await self._consumer.getmany(timeout_ms=500)).items():
            for record in records:
                counts = self._followers[topic.partition].counts(record.headers, record.value)
                if counts and (record.key or b"").startswith(POLICY_KEY):
                    self._take(topic.partition, read_entry(record.value))

    def _take(self, partition: int, entry: Entry) -> None:
        self.entries[partition, entry.source.offset] = entry
        for event in entry.events:
            if isinstance(event, PolicyPublished):
                self.policies[partition] = self.policies[partition].published(event.document)


async def publish(settings: Settings, documents: list[Document], actor: Actor) -> list[Reached]:
    """Publish documents one after the other, each to every partition; ends behind the first one that is refused.

    A partition that has the document is left alone, so that a publishing cut short is simply done again.
    """
    reached: list[Reached] = []
    sender = producer(settings)
    await sender.start()
    try:
        async with PolicyRecord(settings) as record:
            for document in documents:
                reached.append(await _publish(record, sender, document, actor))
                if reached[-1].refused:
                    break
    finally:
        await sender.stop()
    return reached


async def _publish(
    record: PolicyRecord, sender: AIOKafkaProducer, document: Document, actor: Actor
) -> Reached:
    kept = {
        p: policies.history(document.jurisdiction, document.kind) for p, policies in record.policies.items()
    }
    had = tuple(p for p, versions in kept.items() if document in versions)
    command = _command(document, actor)
    sent = [await send_command(sender, record.settings, command, [], p) for p in kept if p not in had]
    await record.until(set(sent))
    refusals = {p: refusal for p, offset in sent if (refusal := record.entries[p, offset].refusal)}
    return Reached(document, tuple(p for p, _ in sent if p not in refusals), had, refusals)


def _command(document: Document, actor: Actor) -> Command:
    """The same document has the same command id, whoever sends it and whenever."""
    stream = policy_stream(document.jurisdiction, document.kind)
    return Command(
        id=command_id(stream, sha256(json.encode(document)).hexdigest()),
        ticket=stream,
        jurisdiction=document.jurisdiction,
        actor=actor,
        issuer="policy",
        occurred_at=datetime.now(UTC),
        body=PublishPolicy(document),
    )
