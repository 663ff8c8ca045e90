"""Waiting for the entry that a command led to: intake and console answer people with the ledger's own word."""

import asyncio
from collections import OrderedDict

from aiokafka import AIOKafkaConsumer, TopicPartition
from asyncpg import Pool

from shared.entry import Entry, Follower, read_entry
from shared.kafka import EVENTS, READ_BYTES
from shared.settings import Settings

PACE = 0.01
"""Seconds between two polls: how long an answer may wait so that not every entry is a request to the broker."""
REMEMBERED = 20_000
"""Entries of the last moments, for a caller that asks after its entry went by."""


class Outcomes:
    """Follows every partition of the record from where the views stand, and wakes whoever waits for an entry.

    A task that ends takes the process with it: nobody may wait for an entry that no one reads.
    """

    def __init__(self, settings: Settings, pool: Pool) -> None:
        self._settings = settings
        self._pool = pool
        self._followers: dict[int, Follower] = {}
        self._recent: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        self._waiting: dict[tuple[int, int], list[asyncio.Future[bytes]]] = {}
        self._placed = asyncio.Event()

    async def placed(self, following: asyncio.Task[None]) -> None:
        """Wait until no entry can be missed of what is sent from then on; ``following`` is the task of ``follow``.

        Raises what ended that task, where it ended first.
        """
        placed = asyncio.create_task(self._placed.wait())
        await asyncio.wait({placed, following}, return_when=asyncio.FIRST_COMPLETED)
        placed.cancel()
        if following.done():
            following.result()

    async def of(self, partition: int, source: int, seconds: float) -> Entry | None:
        """The entry whose command lies at that offset; None if it was not seen within ``seconds``."""
        seen = self._recent.get((partition, source))
        if seen is None:
            future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
            self._waiting.setdefault((partition, source), []).append(future)
            try:
                seen = await asyncio.wait_for(future, seconds)
            except TimeoutError:
                return None
            finally:
                self._forget(partition, source, future)
        return read_entry(seen)

    def places(self) -> dict[int, int]:
        """The source of the last entry that was seen of each partition."""
        return {partition: follower.source for partition, follower in self._followers.items()}

    def _forget(self, partition: int, source: int, future: "asyncio.Future[bytes]") -> None:
        waiting = self._waiting.get((partition, source), [])
        if future in waiting:
            waiting.remove(future)
        if not waiting:
            self._waiting.pop((partition, source), None)

    async def follow(self) -> None:
        """Read until cancelled. Starts where the projector stands, so that the chain's head is known."""
        at = {p: TopicPartition(self._settings.topic(EVENTS), p) for p in range(self._settings.partitions)}
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.kafka,
            auto_offset_reset="none",
            enable_auto_commit=False,
            max_partition_fetch_bytes=READ_BYTES,
        )
        try:
            await consumer.start()
            consumer.assign(list(at.values()))
            stored = {row["partition"]: row for row in await self._pool.fetch(_POSITIONS)}
            for partition, topic in at.items():
                row = stored.get(partition)
                if row is None:
                    self._followers[partition] = Follower.at_start("ticket", partition)
                    consumer.seek(topic, 0)
                else:
                    self._followers[partition] = Follower(row["head"], row["source"], row["epoch"])
                    consumer.seek(topic, row["offset"] + 1)
            self._placed.set()
            while True:
                for topic, records in (await consumer.getmany(timeout_ms=1000)).items():
                    for record in records:
                        if self._followers[topic.partition].counts(record.headers, record.value):
                            self._seen(topic.partition, record.value)
                await asyncio.sleep(PACE)
        finally:
            await consumer.stop()

    def _seen(self, partition: int, value: bytes) -> None:
        key = (partition, self._followers[partition].source)
        self._recent[key] = value
        if len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)
        for future in self._waiting.pop(key, []):
            if not future.done():
                future.set_result(value)


_POSITIONS = 'SELECT partition, "offset", source, epoch, head FROM views.positions'
