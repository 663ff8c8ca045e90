"""The timers: whatever is due is asked for, and asked again until the ledger's word comes back (design §5)."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from asyncpg import Record
from prometheus_client import Gauge

from shared.ids import command_id
from shared.reactor import Asked, Frame
from shared.ticket.commands import Command, MissDeadline, WarnDeadline
from shared.ticket.words import Actor

POLL = 0.1
"""Seconds between two looks; a deadline is late by half of it on average."""
CLAIMED = 500
"""Timers claimed at once."""
PATIENCE = timedelta(seconds=30)
"""What was asked and not answered is asked again after this."""

OPEN = Gauge("huiyin_sla_timers", "Timers that run", ["partition"])


async def sweep(frame: Frame) -> None:
    """Ask for what is due, for ever.

    1. Claim due rows; their next moment moves by PATIENCE, in one statement that skips what others hold.
    2. Send the commands. Dying before or within it costs PATIENCE, not the timer.
    The row itself goes on only when the entry comes back (``services.sla.react``).
    """
    while True:
        claimed = await frame.until_back("postgres", lambda: _claim(frame))
        if claimed:
            await frame.send([_asked(row) for row in claimed], [])
        if len(claimed) < CLAIMED:
            await asyncio.sleep(POLL)


async def _claim(frame: Frame) -> Sequence[Record]:
    rows: Sequence[Record] = await frame.pool.fetch(
        _CLAIM, datetime.now(UTC), frame.owned(), CLAIMED, PATIENCE
    )
    return rows


def _asked(row: Record) -> Asked:
    """The warning, or the miss once the due moment itself has passed; one id however often it is asked."""
    body_of = MissDeadline if row["due"] <= row["asked_at"] else WarnDeadline
    body = body_of(row["clock"], row["round"], row["due"])
    purpose = f"{body_of.__name__}|{body.clock}|{body.round}|{body.due.isoformat()}"
    command = Command(
        id=command_id(row["ticket"], purpose),
        ticket=row["ticket"],
        jurisdiction=row["jurisdiction"],
        actor=Actor("sla", "service"),
        issuer="sla",
        occurred_at=row["asked_at"],
        body=body,
    )
    return Asked(row["partition"], command)


async def count(frame: Frame) -> None:
    """Keep the gauge of running timers."""
    while True:
        for row in await frame.until_back("postgres", lambda: frame.pool.fetch(_COUNT)):
            OPEN.labels(row["partition"]).set(row["timers"])
        await asyncio.sleep(10)


_CLAIM = """
WITH due AS (
    SELECT ticket, clock FROM sla.clocks WHERE next_at <= $1 AND partition = ANY($2::int[])
    ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE sla.clocks c SET next_at = $1 + $4::interval, asked_at = $1 FROM due
WHERE c.ticket = due.ticket AND c.clock = due.clock
RETURNING c.ticket, c.partition, c.jurisdiction, c.clock, c.round, c.due, c.asked_at
"""
_COUNT = "SELECT partition, count(*) AS timers FROM sla.clocks WHERE next_at IS NOT NULL GROUP BY partition"
