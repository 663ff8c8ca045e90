"""Commands already in the topic → entries, one process."""

import asyncio
import time

from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.figure import Figure
from bench.stock import life
from bench.system import System, system, told
from shared.kafka import EVENTS

TICKETS = 50_000
"""Six commands each: enough that the broker, just started, has warmed up when most of them are decided."""


async def entries(at: System) -> int:
    """How many records the events topic holds."""
    consumer = AIOKafkaConsumer(bootstrap_servers=at.settings.kafka, enable_auto_commit=False)
    await consumer.start()
    topic = at.settings.topic(EVENTS)
    try:
        ends = await consumer.end_offsets([TopicPartition(topic, p) for p in range(at.settings.partitions)])
    finally:
        await consumer.stop()
    return sum(ends.values())


async def all_decided(at: System, count: int) -> None:
    """Return once there are that many entries; asked seldom, since each look costs the machine some 10 ms."""
    while await entries(at) < count:
        await asyncio.sleep(0.25)


async def bench() -> list[Figure]:
    """Stop the ledger, lay the commands in, start it, and time from its first entry to its last."""
    async with system() as at:
        ledger = at.running.start("ledger")
        await at.publish()
        ledger.stop()
        before = await entries(at)
        laid = await at.lay(command for n in range(TICKETS) for command in life(n))
        told(f"ledger: {laid} commands laid in")
        ledger.start()
        while (first := await entries(at)) == before:
            await asyncio.sleep(0.05)
        began = time.perf_counter()
        await all_decided(at, before + laid)
        rate = (before + laid - first) / (time.perf_counter() - began)
    about = f"{laid} commands of {TICKETS} whole tickets, one process, 4 partitions"
    return [Figure("ledger", rate, "/s", 25_000, about)]
