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

    async def answering(self, partition: int, source: int) -> list[Stored]:
        """The records for the command at ``source``, the one before it and the one after. Raises RecordAway.

        Every command has one entry that counts, so none lies before the offset of its command; records that do not
        count push it further back. The search goes on until the entry of the command after the next is met.
        """
        at, offset, found = self._at[partition], max(source - 1, 0), list[Stored]()
        async with self._reading() as reader:
            end = (await reader.end_offsets([at]))[at]
            while offset < end and not any(record.source == source + 2 for record in found):
                for record in await _from(reader, at, offset):
                    found.append(stored(record.offset, record.key, record.headers, record.value))
                    offset = record.offset + 1
        return [record for record in found if abs(record.source - source) <= 1]

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


async def _from(reader: AIOKafkaConsumer, at: TopicPartition, offset: int) -> list[ConsumerRecord]:
    """What a fetch from there brings; paused at once, so that nothing is fetched that nobody asked for."""
    reader.seek(at, offset)
    reader.resume(at)
    try:
        records: list[ConsumerRecord] = (await reader.getmany(at, timeout_ms=500)).get(at, [])
    finally:
        reader.pause(at)
    return records
