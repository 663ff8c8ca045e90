"""The projector's process: ``python -m services.projector.app``. Waits for what is away, and catches up by itself."""

import asyncio
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from hashlib import sha256

import asyncpg
import structlog
import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord
from fastapi import FastAPI

from services.projector import metrics, views
from services.projector.batch import Bad, Batch, Reading
from services.projector.errors import OtherViews, ProjectorError, StaleProjector, Unfit
from services.projector.writer import BY_INDEX, Writer
from shared.entry import UndecodableEntry
from shared.garbage import collect_rarely
from shared.health import Health, serve, with_health
from shared.kafka import DEAD_LETTERS, EVENTS, READ_BYTES, producer
from shared.keys import Keyring
from shared.postgres import open_pool
from shared.settings import Settings, read_settings
from shared.telemetry import start_telemetry, traced

log = structlog.get_logger()

FATAL = 70
BATCH = 2_000
"""Most records of a transaction: some 100 ms of work, during which nobody is answered."""
PACE = 0.02
"""Seconds between two batches: a transaction for every single entry would cost more than the entries."""
AGAIN = 1.0
"""Seconds before trying again to reach what is away."""
BURIED = 900 * 1024
"""Bytes that a dead letter can hold; of a larger entry its digest is kept."""
AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.UndefinedTableError,
)
"""Postgres is away, or full, or somebody dropped the views, which are then made again from the start."""
Polled = Sequence[Sequence[ConsumerRecord]]
UNFIT = (
    asyncpg.DataError,
    asyncpg.ProgramLimitExceededError,
    asyncpg.IntegrityConstraintViolationError,
    OverflowError,
    UndecodableEntry,
)
"""What an entry that Postgres or the fold cannot take leads to."""


class Projector:
    """Reads every partition and writes the views. A second one does no harm: the positions are guarded."""

    def __init__(self, settings: Settings, health: Health, keyring: Keyring) -> None:
        self.settings = settings
        self.health = health
        self.keyring = keyring
        self.stopped: dict[int, Bad] = {}
        self.careful = 0
        """Batches to take with one record each, to find the entry that does not fit."""

    async def run(self) -> None:
        """Project until cancelled; after whatever went away, start over from the stored positions."""
        while True:
            try:
                await self._session()
            except AWAY as error:
                self._wait_for("postgres", error)
            except KafkaError as error:
                self._wait_for("kafka", error)
            except (StaleProjector, OtherViews) as error:
                self._wait_for("views", error)
            except Unfit:
                continue
            await asyncio.sleep(AGAIN)

    def _wait_for(self, name: str, error: Exception) -> None:
        reason = str(error) if isinstance(error, ProjectorError) else type(error).__name__
        self.health.fail(name, f"{reason}; trying again")
        log.warning("projector waits", action="projector_waits", of=name, error=type(error).__name__)

    async def _session(self) -> None:
        connection = await asyncpg.connect(
            self.settings.database, server_settings={"search_path": views.LIVE, **BY_INDEX}
        )
        try:
            await self.keyring.prepare()
            await views.make(connection, self.settings.partitions)
            reading = Reading(await views.positions(connection))
            reading.stopped = self.stopped
            await self._follow(Writer(connection, self.keyring), reading)
        finally:
            connection.terminate()

    async def _follow(self, writer: Writer, reading: Reading) -> None:
        at = {p: TopicPartition(self.settings.topic(EVENTS), p) for p in reading.offsets}
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.kafka,
            auto_offset_reset="none",
            enable_auto_commit=False,
            max_partition_fetch_bytes=READ_BYTES,
        )
        await consumer.start()
        try:
            consumer.assign(list(at.values()))
            for partition, offset in reading.offsets.items():
                consumer.seek(at[partition], offset + 1)
            behind = {tp.partition: end for tp, end in (await consumer.end_offsets(at.values())).items()}
            for name in ("postgres", "kafka", "views", "start"):
                self.health.well(name)
            while True:
                self._caught_up(reading, behind)
                began = time.perf_counter()
                polled = await consumer.getmany(timeout_ms=200, max_records=1 if self.careful else BATCH)
                await self._project(writer, list(polled.values()), reading)
                self._measure(consumer, reading)
                await asyncio.sleep(max(0.0, PACE - (time.perf_counter() - began)))
        finally:
            await consumer.stop()

    def _caught_up(self, reading: Reading, behind: dict[int, int]) -> None:
        """Ready once the views hold what the topic held at the start."""
        for partition, end in list(behind.items()):
            if reading.offsets[partition] >= end - 1:
                self.health.well(f"partition {partition} behind")
                del behind[partition]
            else:
                self.health.fail(
                    f"partition {partition} behind", f"{end - 1 - reading.offsets[partition]} records"
                )

    async def _project(self, writer: Writer, polled: Polled, reading: Reading) -> None:
        """Write what was polled; an entry that does not fit is sought by taking one record at a time."""
        began = time.perf_counter()
        batch = reading.take(polled)
        for bad in batch.bad:
            await self._stop(bad)
        if not batch.after:
            return
        try:
            await self._write(writer, batch)
        except UNFIT as error:
            records = [record for sequence in polled for record in sequence]
            if len(records) == 1:
                await self._stop(Bad(records[0], type(error).__name__))
            self.careful = len(records)
            raise Unfit(type(error).__name__) from error
        self.careful = max(0, self.careful - 1)
        if batch.placed:
            oldest = min(placed.entry.recorded_at for placed in batch.placed)
            metrics.projected(len(batch.placed), oldest.timestamp(), began)

    async def _write(self, writer: Writer, batch: Batch) -> None:
        with ExitStack() as spans:
            for record in batch.traced:
                spans.enter_context(
                    traced("project", record.headers, partition=record.partition, offset=record.offset)
                )
            async with writer.connection.transaction():
                await writer.write(batch)

    async def _stop(self, bad: Bad) -> None:
        """A partition goes no further: say so, and keep its entry where people look for such things."""
        record, because = bad
        self.stopped[record.partition] = bad
        self.health.fail(f"partition {record.partition}", f"stopped at offset {record.offset}: {because}")
        metrics.STOPPED.set(len(self.stopped))
        log.error(
            "partition stopped",
            action="partition_stopped",
            partition=record.partition,
            offset=record.offset,
            because=because,
        )
        await _bury(self.settings, bad)

    def _measure(self, consumer: AIOKafkaConsumer, reading: Reading) -> None:
        for partition, offset in reading.offsets.items():
            end = consumer.highwater(TopicPartition(self.settings.topic(EVENTS), partition))
            if end is not None:
                metrics.lag(partition, end - 1 - offset, reading.written.get(partition))


async def _bury(settings: Settings, bad: Bad) -> None:
    """The entry's bytes to the dead letters, with their origin and why; of a very large one its digest."""
    record = bad.record
    value = record.value or b""
    async with producer(settings) as sender:
        await sender.send_and_wait(
            settings.topic(DEAD_LETTERS),
            value if len(value) <= BURIED else sha256(value).hexdigest().encode(),
            key=record.key,
            headers=[
                ("origin", f"{record.topic}/{record.partition}/{record.offset}".encode()),
                ("because", bad.because.encode()),
            ],
        )


def _end_if_failed(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("projector ends", action="projector_ended", error=repr(error))
        os._exit(FATAL)


async def main(settings: Settings) -> None:
    """Run until told to stop."""
    health = Health("start")
    pool = await open_pool(settings, 2, reset=False)
    projector = Projector(settings, health, Keyring(pool, settings))
    projecting = asyncio.create_task(projector.run())
    projecting.add_done_callback(_end_if_failed)
    await serve(with_health(FastAPI(title="Huiyin projector"), health), settings)
    projecting.cancel()
    await asyncio.gather(projecting, return_exceptions=True)
    await pool.close()


if __name__ == "__main__":
    settings = read_settings()
    start_telemetry("projector", settings)
    collect_rarely()
    uvloop.run(main(settings))
