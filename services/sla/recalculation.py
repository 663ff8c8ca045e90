"""Published terms and calendars move open deadlines: a queue in Postgres, worked off in small pieces (design §5)."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby

from asyncpg import Connection, Record

from services.sla.clock_rows import running
from services.sla.react import recomputed
from shared.ids import command_id
from shared.reactor import Asked, Frame
from shared.ticket.commands import Command, SetDeadlines
from shared.ticket.words import Actor, Proposed

PIECE = 200
"""Tickets computed between two looks at anything else; some 20 ms."""
POLL = 1.0


async def recalculate(frame: Frame) -> None:
    """Work off the queue, for ever. A policy that takes effect later waits there until then."""
    while True:
        if not await frame.until_back("postgres", lambda: _piece(frame)):
            await asyncio.sleep(POLL)


async def _piece(frame: Frame) -> bool:
    """One piece of one recalculation; False if there was none.

    1. In one transaction: claim it, compute the next clocks anew, put the commands of those that move into the
       outbox, note how far it has come or that it is done.
    2. Send. Dying before it leaves the outbox, which is sent when the partition is opened.
    """
    async with frame.pool.acquire() as connection, connection.transaction():
        task = await connection.fetchrow(_CLAIM, datetime.now(UTC), frame.owned())
        if task is None:
            return False
        number, names, last = task["partition"], task["jurisdictions"], task["after_ticket"]
        rows = await connection.fetch(_CLOCKS, number, names, last, PIECE)
        commands = _moved(frame, task, rows)
        stored = await frame.store(connection, commands)
        await _note(connection, task, rows)
    await frame.send(commands, stored)
    return True


def _moved(frame: Frame, task: Record, rows: Sequence[Record]) -> list[Asked]:
    """One command a ticket with all its clocks that move."""
    policies = frame.policies(task["partition"])
    commands = []
    for ticket, of_one in groupby(rows, key=lambda row: str(row["ticket"])):
        clocks = list(of_one)
        moved = recomputed((running(row) for row in clocks), policies, task["at"])
        if moved:
            commands.append(_asked(task, ticket, clocks[0]["jurisdiction"], moved))
    return commands


def _asked(task: Record, ticket: str, jurisdiction: str, moved: list[Proposed]) -> Asked:
    purpose = f"recalculated|{task['policy']}|{task['version']}"
    command = Command(
        id=command_id(ticket, purpose),
        ticket=ticket,
        jurisdiction=jurisdiction,
        actor=Actor("sla", "service"),
        issuer="sla",
        occurred_at=task["at"],
        body=SetDeadlines(moved),
    )
    return Asked(task["partition"], command)


async def _note(connection: Connection, task: Record, rows: Sequence[Record]) -> None:
    which = task["partition"], task["policy"], task["version"]
    if rows:
        await connection.execute(_ON, *which, rows[-1]["ticket"])
    else:
        await connection.execute(_DONE, *which)


_CLAIM = """
SELECT * FROM sla.recalculations WHERE at <= $1 AND partition = ANY($2::int[])
ORDER BY at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_CLOCKS = """
WITH tickets AS (
    SELECT DISTINCT ticket FROM sla.clocks
    WHERE partition = $1 AND jurisdiction = ANY($2::text[]) AND ticket > $3 AND next_at IS NOT NULL
    ORDER BY ticket LIMIT $4
)
SELECT c.* FROM sla.clocks c JOIN tickets USING (ticket) WHERE c.next_at IS NOT NULL ORDER BY c.ticket, c.clock
"""
_ON = "UPDATE sla.recalculations SET after_ticket = $4 WHERE partition = $1 AND policy = $2 AND version = $3"
_DONE = "DELETE FROM sla.recalculations WHERE partition = $1 AND policy = $2 AND version = $3"
