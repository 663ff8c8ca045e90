"""2,000 deadlines due in one second among 100,000 open."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import asyncpg
from msgspec.structs import replace

from bench.figure import Figure, percentile
from bench.stock import register
from bench.system import System, system, told
from shared.entry import read_entry
from shared.kafka import EVENTS, end_of, read
from shared.policy.record import publish
from shared.policy.terms import TermsRule, When
from shared.ticket.commands import Command
from shared.ticket.events import DeadlineMissed
from shared.ticket.words import Actor
from tests.sample import document, terms

OPEN = 100_000
DUE = 2_000
TERM = timedelta(hours=2)
"""Of an urgent ticket's citizen; its clock runs from when it called, which its channel is trusted to say."""
AHEAD = timedelta(seconds=30)
"""From laying in the urgent ones to the first due moment; their clocks must run by then."""
PATIENCE = timedelta(seconds=30)
"""What has not been recorded as missed so long after the last due moment is given up."""


async def bench() -> list[Figure]:
    """Open tickets with far deadlines, then urgent ones whose due moments lie within one second."""
    async with system() as at, clocks(at) as connection:
        at.running.start_all("ledger", "sla")
        await at.publish()
        quick = TermsRule({"citizen": "2h"}, When(urgency=("urgent",)))
        two = document(replace(terms(), rules=(quick, *terms().rules)), version=2)
        await publish(at.settings, [two], Actor("bench", "service"))
        await at.lay(register(n) for n in range(OPEN - DUE))
        await _run(connection, OPEN - DUE)
        told(f"sweep: {OPEN - DUE} open, each with its clock")
        before = [await end_of(at.settings, EVENTS, p) for p in range(at.settings.partitions)]
        second = datetime.now(UTC).replace(microsecond=0) + AHEAD
        await at.lay(_urgent(second))
        await _run(connection, OPEN)
        told(f"sweep: {DUE} more, {(second - datetime.now(UTC)).total_seconds():.1f} s before they are due")
        await _gone(connection, second + PATIENCE)
        late = [seconds async for seconds in _missed(at, before)]
    p99 = percentile(late, 0.99)
    about = f"{len(late)} of {DUE} missed moments recorded; p50 {percentile(late, 0.5):.2f} s"
    return [Figure("sweep", p99, "s late, p99", 1.5, about, at_most=True)]


@asynccontextmanager
async def clocks(at: System) -> AsyncIterator[asyncpg.Connection]:
    """A look into the sla service's own rows."""
    connection = await asyncpg.connect(at.settings.database)
    try:
        yield connection
    finally:
        await connection.close()


def _urgent(second: datetime) -> Iterator[Command]:
    for n in range(DUE):
        command = register(OPEN + n)
        called = second + timedelta(seconds=n / DUE) - TERM
        yield replace(command, occurred_at=called, body=replace(command.body, urgency="urgent"))


async def _run(connection: asyncpg.Connection, count: int) -> None:
    """Return once so many clocks run: every due moment is set, and nothing waits to be decided."""
    while await connection.fetchval("SELECT count(*) FROM sla.clocks") < count:
        await asyncio.sleep(0.5)


async def _gone(connection: asyncpg.Connection, until: datetime) -> None:
    """Return once the urgent clocks are gone, each by its entry, or there is no more patience."""
    while await connection.fetchval("SELECT count(*) FROM sla.clocks WHERE urgency = 'urgent'"):
        if datetime.now(UTC) > until:
            return
        await asyncio.sleep(0.5)


async def _missed(at: System, start: list[int]) -> AsyncIterator[float]:
    """Seconds from each due moment to the broker's time of the command that recorded it as missed."""
    for partition, offset in enumerate(start):
        async for records in read(at.settings, EVENTS, partition, offset):
            for record in records:
                entry = read_entry(record.value)
                for event in entry.events:
                    if isinstance(event, DeadlineMissed):
                        yield (entry.recorded_at - event.due).total_seconds()
