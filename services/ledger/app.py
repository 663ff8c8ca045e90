"""The ledger's process: `python -m services.ledger.app`. Partitions come and go; whatever fails ends it."""

import asyncio
import os

import structlog
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from fastapi import FastAPI

from services.ledger import metrics
from services.ledger.partition import Partition
from shared.garbage import collect_rarely
from shared.health import Health, serve, with_health
from shared.kafka import COMMANDS, PRODUCE_BYTES, READ_BYTES, producer
from shared.settings import Settings, read_settings
from shared.telemetry import start_telemetry

log = structlog.get_logger()

FATAL = 70
"""Exit status of a process whose memory may have run ahead of the log (design §3 point 6)."""


class Owner(ConsumerRebalanceListener):  # type: ignore[misc]
    """Opens the partitions that the group gives to this process, and lets go of those that it takes away."""

    def __init__(
        self, settings: Settings, consumer: AIOKafkaConsumer, sender: AIOKafkaProducer, health: Health
    ) -> None:
        self.settings = settings
        self.consumer = consumer
        self.sender = sender
        self.health = health
        self.running: dict[int, tuple[Partition, asyncio.Task[None]]] = {}

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Stop deciding at once; what is in flight counts or is decided again by the next owner."""
        await self.give_up({at.partition for at in revoked})

    async def give_up(self, numbers: set[int]) -> None:
        """Let go of partitions and release their stores."""
        for number in numbers:
            if held := self.running.pop(number, None):
                partition, task = held
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                partition.store.close()
                self.health.fail(f"partition {number}", "given up")

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Hold the partitions still and open them aside: heartbeats only start when this returns."""
        self.health.wrong.clear()
        for at in assigned:
            self.consumer.pause(at)
            self.consumer.seek(at, 0)
            self.health.fail(f"partition {at.partition}", "opening")
            partition = Partition(self.settings, at.partition, self.sender)
            task = asyncio.create_task(self._own(partition), name=f"partition {at.partition}")
            task.add_done_callback(_end_if_failed)
            self.running[at.partition] = partition, task

    async def _own(self, partition: Partition) -> None:
        start = await partition.open()
        self.consumer.seek(partition.commands, start)
        self.consumer.resume(partition.commands)
        self.health.well(f"partition {partition.number}")
        await partition.run(self.consumer)

    async def watch(self) -> None:
        """Keep the gauge of what is waiting to be decided."""
        while True:
            for number, (partition, _) in list(self.running.items()):
                if highest := self.consumer.highwater(partition.commands):
                    metrics.LAG.labels(number).set(highest - partition.book.head.source - 1)
            await asyncio.sleep(1)


def _end_if_failed(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("ledger ends", action="ledger_ended", task=task.get_name(), error=repr(error))
        os._exit(FATAL)


async def main(settings: Settings) -> None:
    """Run until told to stop."""
    health = Health("assignment")
    sender = producer(settings, max_batch_size=PRODUCE_BYTES // 2, linger_ms=0)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka,
        group_id=settings.topic("ledger"),
        auto_offset_reset="none",
        enable_auto_commit=False,
        session_timeout_ms=10_000,
        heartbeat_interval_ms=3_000,
        max_partition_fetch_bytes=READ_BYTES,
        max_poll_interval_ms=600_000,
    )
    await sender.start()
    await consumer.start()
    owner = Owner(settings, consumer, sender, health)
    consumer.subscribe([settings.topic(COMMANDS)], listener=owner)
    watching = asyncio.create_task(owner.watch(), name="watch")
    watching.add_done_callback(_end_if_failed)
    await serve(with_health(FastAPI(title="Huiyin ledger"), health), settings)
    watching.cancel()
    await owner.give_up(set(owner.running))
    await consumer.stop()
    await sender.stop()


if __name__ == "__main__":
    settings = read_settings()
    start_telemetry("ledger", settings)
    collect_rarely()
    uvloop.run(main(settings))
