"""One partition, one owner: restore, then decide batch after batch and append what was decided (design §3)."""

import asyncio
import time
from collections.abc import Sequence

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import ConsumerRecord, RecordMetadata

from services.ledger import metrics
from services.ledger.errors import AnotherWriter
from services.ledger.store import Store
from shared.book import Book, Head, Written
from shared.entry import Entry
from shared.kafka import COMMANDS, DEAD_LETTERS, EVENTS, end_of, read
from shared.policy.documents import Policies
from shared.settings import Settings
from shared.telemetry import carried, outgoing, sampled, traced

log = structlog.get_logger()

BATCH = 1_000
"""Most commands decided before their entries are acknowledged and kept."""


class Partition:
    """The book of one partition, its store, and the offset at which its next entry must land."""

    def __init__(self, settings: Settings, partition: int, producer: AIOKafkaProducer) -> None:
        self.settings = settings
        self.number = partition
        self.producer = producer
        self.commands = TopicPartition(settings.topic(COMMANDS), partition)
        self.events = settings.topic(EVENTS)
        self.store = Store(settings.data / "ledger", partition)
        self.book = Book(partition, self.store)
        self.next = 0

    async def open(self) -> int:
        """Restore; gives the offset of the first command to read.

        1. Take the store's head; the entry at its offset must have its hash, else the store is made anew.
        2. Read the entries beyond it and follow those that count; they are committed to the store as we go.
        3. The next entry must land where the topic ends now.
        If the process dies on the way, the store stands for an earlier head, and this is done again.
        """
        end = await end_of(self.settings, EVENTS, self.number)
        head = self.store.head()
        if head.offset >= 0 and not await self._holds(head, end):
            log.warning(
                "store does not stand for this topic; rebuilding",
                action="store_rebuilt",
                partition=self.number,
            )
            self.store.forget()
            head = self.store.head()
        self.book = Book(self.number, self.store, head, self.store.policies())
        async for records in read(self.settings, EVENTS, self.number, head.offset + 1, end):
            self._follow(records)
        self.next = end
        log.info("partition open", action="partition_opened", partition=self.number, offset=end)
        return self.book.head.source + 1

    async def _holds(self, head: Head, end: int) -> bool:
        if head.offset >= end:
            return False
        async for records in read(self.settings, EVENTS, self.number, head.offset, head.offset + 1):
            return records[0].offset == head.offset and dict(records[0].headers).get("hash") == head.chain
        return False

    def _follow(self, records: Sequence[ConsumerRecord]) -> None:
        before = self.book.policies
        for record in records:
            self.book.follow(record.offset, record.headers, record.value)
        self._commit(before)

    def _commit(self, before: Policies) -> None:
        changed = self.book.policies is not before
        self.store.commit(self.book.head, self.book.policies if changed else None)

    async def run(self, consumer: AIOKafkaConsumer) -> None:
        """Decide until cancelled. Any failure between deciding and the acknowledgement must end the process."""
        while True:
            records = (await consumer.getmany(self.commands, timeout_ms=500, max_records=BATCH)).get(
                self.commands
            )
            if records:
                await self._enter(records)

    async def _enter(self, records: Sequence[ConsumerRecord]) -> None:
        """One batch.

        1. Decide every record; the book moves ahead of the log.
        2. Append the entries and await the brokers; each batch must land where it is expected.
        3. Commit the store. Dying before it costs only reading the entries again.
        """
        began = time.perf_counter()
        before = self.book.policies
        expected = self.book.head.source + 1
        appending = Appending(self.producer, self.events, self.number)
        for record in records:
            if record.offset != expected:
                raise AnotherWriter(f"command {expected} of partition {self.number} is not in the topic")
            expected += 1
            await appending.add(record, self._decide(record))
            if record.offset % 100 == 0:
                await asyncio.sleep(0)
        await self._bury(records, appending.entries)
        self.next = await appending.landed(self.next)
        self.book.head.offset = self.next - 1
        self._commit(before)
        metrics.decided(self.number, appending.entries, time.perf_counter() - began, records[0].timestamp)

    def _decide(self, record: ConsumerRecord) -> Written:
        return self.book.enter(
            record.offset, record.timestamp, record.key or b"", record.value or b"", self.settings.log_epoch
        )

    async def _bury(self, records: Sequence[ConsumerRecord], entries: Sequence[Entry]) -> None:
        """Bytes that nobody can read go to the dead letters, before the entry that names their digest."""
        for record, entry in zip(records, entries, strict=True):
            if entry.undecodable:
                origin = f"{record.topic}/{record.partition}/{record.offset}".encode()
                await self.producer.send_and_wait(
                    self.settings.topic(DEAD_LETTERS),
                    record.value,
                    key=record.key,
                    headers=[("origin", origin), ("because", b"undecodable command")],
                )


class Appending:
    """The entries of one batch of commands on their way to the topic, in as few requests as their size allows."""

    def __init__(self, producer: AIOKafkaProducer, topic: str, partition: int) -> None:
        self.producer = producer
        self.topic = topic
        self.partition = partition
        self.entries: list[Entry] = []
        self._sent: list[tuple[int, asyncio.Future[RecordMetadata]]] = []
        self._batch = producer.create_batch()

    async def add(self, record: ConsumerRecord, written: Written) -> None:
        """Append one entry; a full batch is sent on its way."""
        self.entries.append(written.entry)
        headers = written.headers + _traced_on(record, written.entry)
        line = {"timestamp": None, "key": written.key, "value": written.value, "headers": headers}
        if self._batch.append(**line) is None:
            await self._send()
            self._batch.append(**line)

    async def _send(self) -> None:
        count = self._batch.record_count()
        self._batch.close()
        future = await self.producer.send_batch(self._batch, self.topic, partition=self.partition)
        self._sent.append((count, future))
        self._batch = self.producer.create_batch()

    async def landed(self, expected: int) -> int:
        """Await the acknowledgements; the offset after the last entry.

        Raises AnotherWriter if a batch lies elsewhere than right behind the one before it.
        """
        if self._batch.record_count():
            await self._send()
        for count, future in self._sent:
            offset = (await future).offset
            if offset != expected:
                raise AnotherWriter(f"partition {self.partition}: entry at {offset}, expected {expected}")
            expected += count
        return expected


def _traced_on(record: ConsumerRecord, entry: Entry) -> list[tuple[str, bytes]]:
    """The entry's traceparent: its own span's where the trace is kept (always for refusals), else the command's."""
    refused = entry.refusal.code if entry.refusal else ""
    if not refused and not sampled(record.headers):
        return carried(record.headers)
    with traced(
        "ledger decide", record.headers, keep=bool(refused), ticket=entry.ticket, refusal=refused
    ) as span:
        return outgoing() if span else carried(record.headers)
