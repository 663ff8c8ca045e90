"""Single entries of the record, read where they lie: for opening sealed fields, looking back, and inspecting."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

from services.console.proof.inspecting import Stored, stored
from shared.kafka import EVENTS
from shared.settings import Settings

READERS = 4
"""How many read at once; each keeps its connections, for which a single read would wait longer than for its record."""
FETCH = 128 * 1024
"""Bytes of a fetch: a few entries, or one however large."""
BACK = 100
"""Records before the first of a log among which is the last that counts of the log before it."""
PATIENCE = 5.0
"""Seconds until a read is given up."""


class RecordAway(Exception):
    """The record could not be read in time."""


class Record:
    """The events topic by place. Every reader has all partitions, paused, and one at a time reads on."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        topic = settings.topic(EVENTS)
        self._at = [TopicPartition(topic, partition) for partition in range(settings.partitions)]
        self._readers: list[AIOKafkaConsumer] = []
        self._idle: asyncio.LifoQueue[AIOKafkaConsumer] = asyncio.LifoQueue()

    async def start(self) -> None:
        """Connect."""
        for _ in range(READERS):
            reader = AIOKafkaConsumer(
                bootstrap_servers=self._settings.kafka,
                auto_offset_reset="none",
                enable_auto_commit=False,
                max_partition_fetch_bytes=FETCH,
                fetch_max_wait_ms=50,
            )
            await reader.start()
            self._readers.append(reader)
            reader.assign(self._at)
            reader.pause(*self._at)
            self._idle.put_nowait(reader)

    async def stop(self) -> None:
        """Hang up."""
        for reader in self._readers:
            await reader.stop()

    async def at(self, partition: int, offsets: Sequence[int]) -> list[ConsumerRecord]:
        """The records at these offsets, in their order. Raises RecordAway."""
        wanted, found = sorted(set(offsets)), list[ConsumerRecord]()
        async with self._reading() as reader:
            while len(found) < len(wanted):
                for record in await _from(reader, self._at[partition], wanted[len(found)]):
                    if record.offset == wanted[len(found)]:
                        found.append(record)
                        if len(found) == len(wanted):
                            break
        return found

    async def answering(self, partition: int, epoch: int, source: int) -> list[Stored]:
        """The records for the command at ``source`` of a log, the one before it and the one after. Raises RecordAway.

        Every command has one entry that counts, so none lies before its command's place in the log; records that do
        not count push it further back. The search goes on until the entry of the command after the next is met.
        """
        at, found = self._at[partition], list[Stored]()
        async with self._reading() as reader:
            end = (await reader.end_offsets([at]))[at]
            begins = await _begin(reader, at, end, epoch)
            offset = begins + source - 1 if source else max(begins - BACK, 0)
            while offset < end and not any(_beyond(record, epoch, source + 1) for record in found):
                found += await _stored(reader, at, offset)
                offset = found[-1].offset + 1 if found else offset
        return [record for record in found if record.epoch != epoch or abs(record.source - source) <= 1]

    async def epoch_at(self, partition: int, offset: int) -> int | None:
        """The epoch of the log whose command the record at this offset answers; None where there is no such record.

        Raises RecordAway.
        """
        at = self._at[partition]
        async with self._reading() as reader:
            if offset < (await reader.end_offsets([at]))[at]:
                for record in await _stored(reader, at, offset):
                    return record.epoch
        return None

    async def ends(self) -> dict[int, int]:
        """The offset that the next record of each partition will get. Raises RecordAway."""
        async with self._reading() as reader:
            return {at.partition: end for at, end in (await reader.end_offsets(self._at)).items()}

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AIOKafkaConsumer]:
        try:
            async with asyncio.timeout(PATIENCE):
                reader = await self._idle.get()
                try:
                    yield reader
                finally:
                    self._idle.put_nowait(reader)
        except (TimeoutError, KafkaError) as error:
            raise RecordAway(type(error).__name__) from None


async def _begin(reader: AIOKafkaConsumer, at: TopicPartition, end: int, epoch: int) -> int:
    """The offset of the first record of a log's epoch: epochs only rise, so the search halves what is left."""
    low, high = 0, end if epoch > 1 else 0
    while low < high:
        middle = (low + high) // 2
        met = await _stored(reader, at, middle)
        if met and met[0].epoch < epoch:
            low = middle + 1
        else:
            high = middle
    return low


def _beyond(record: Stored, epoch: int, source: int) -> bool:
    """Whether nothing of a log up to ``source``, nor what comes next, lies behind this record."""
    if record.epoch == epoch:
        return record.source == source + 1
    return record.epoch > epoch and record.source > 0


async def _stored(reader: AIOKafkaConsumer, at: TopicPartition, offset: int) -> list[Stored]:
    """What a fetch from there brings, as records of the chain."""
    records = await _from(reader, at, offset)
    return [stored(record.offset, record.key, record.headers, record.value) for record in records]


async def _from(reader: AIOKafkaConsumer, at: TopicPartition, offset: int) -> list[ConsumerRecord]:
    """What a fetch from there brings; paused at once, so that nothing is fetched that nobody asked for."""
    reader.seek(at, offset)
    reader.resume(at)
    try:
        records: list[ConsumerRecord] = (await reader.getmany(at, timeout_ms=500)).get(at, [])
    finally:
        reader.pause(at)
    return records
