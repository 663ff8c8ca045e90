"""2,000 deadlines due in one second among 100,000 open."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import asyncpg

from bench.figure import Figure, percentile
from bench.ledger import all_decided, entries
from bench.stock import asked, register
from bench.system import System, system, told
from shared.entry import Follower, read_entry
from shared.kafka import EVENTS, read
from shared.ticket import commands as c
from shared.ticket.commands import Command
from shared.ticket.events import DeadlineMissed
from shared.ticket.words import Actor, Proposed

OPEN = 100_000
DUE = 2_000
AHEAD = timedelta(seconds=25)
"""From laying in the last due moments to the first of them."""


async def bench() -> list[Figure]:
    """Open tickets with far deadlines, then 2,000 whose due moments lie within one second."""
    async with system() as at:
        at.running.start_all("ledger", "sla")
        await at.publish()
        policies = await entries(at)
        expected = policies + await at.lay(register(n) for n in range(OPEN))
        await _timers(at, OPEN)
        told(f"sweep: {OPEN} open, each with its timers")
        second = datetime.now(UTC).replace(microsecond=0) + AHEAD
        await at.lay(_soon(second))
        await all_decided(at, expected + DUE)
        late = await _lateness(at, second)
    p99 = percentile(late, 0.99)
    about = f"{len(late)} of {DUE} missed moments recorded; p50 {percentile(late, 0.5):.2f} s"
    return [Figure("sweep", p99, "s late, p99", 1.5, about, at_most=True)]


def _soon(second: datetime) -> Iterator[Command]:
    for n in range(DUE):
        due = second + timedelta(milliseconds=n * 1000 // DUE)
        start = due - timedelta(minutes=5)
        proposed = Proposed("citizen", 1, start, due, "5min", None, False, [], {"sample/terms": 1})
        yield asked(n, c.SetDeadlines([proposed]), Actor("sla", "service"), "sla")


async def _timers(at: System, least: int) -> None:
    connection = await asyncpg.connect(at.settings.database)
    while await connection.fetchval("SELECT count(*) FROM sla.clocks") < least:
        await asyncio.sleep(0.5)
    await connection.close()


async def _lateness(at: System, second: datetime) -> list[float]:
    """Seconds from each due moment to the broker's time of the command that recorded it as missed."""
    late: list[float] = []
    until = second + timedelta(seconds=30)
    while len(late) < DUE and datetime.now(UTC) < until:
        await asyncio.sleep(1)
        late = [found async for found in _missed(at)] if datetime.now(UTC) > second else []
    return late


async def _missed(at: System) -> AsyncIterator[float]:
    for partition in range(at.settings.partitions):
        follower = Follower.at_start("ticket", partition)
        async for records in read(at.settings, EVENTS, partition, 0):
            for record in records:
                if (
                    follower.counts(record.headers, record.value)
                    and b"DeadlineMissed" in dict(record.headers)["kinds"]
                ):
                    entry = read_entry(record.value)
                    for event in entry.events:
                        if isinstance(event, DeadlineMissed):
                            yield (entry.recorded_at - event.due).total_seconds()
