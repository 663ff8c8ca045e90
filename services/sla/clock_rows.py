"""The running clocks in Postgres: sla's memory, folded over a batch (design §6 step 1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from asyncpg import Connection, Record
from prometheus_client import Histogram

from services.sla.clocks import concerned
from services.sla.react import KINDS, Clocks, Running, react
from shared.policy.clocks import Subject
from shared.reaction import Noticed
from shared.reactor import Asked, asked
from shared.ticket import events as e

LATENESS = Histogram(
    "huiyin_sla_deadline_lateness_seconds",
    "A deadline was due → recorded as missed",
    buckets=(0.1, 0.25, 0.5, 1, 1.5, 2.5, 5, 10, 30, 120, 900),
)


class Sla:
    """The reactor: running clocks from Postgres, reactions in order, clocks back."""

    name = "sla"
    kinds = KINDS

    async def take(self, connection: Connection, noticed: Sequence[Noticed]) -> list[Asked]:
        """One batch."""
        partitions = {n.entry.ticket: n.partition for n in noticed}
        tickets: dict[str, Clocks] = {ticket: {} for ticket in partitions}
        for row in await connection.fetch(_LOAD, list(partitions)):
            tickets[row["ticket"]] = {**tickets[row["ticket"]], row["clock"]: running(row)}
        before, commands = dict(tickets), list[Asked]()
        for n in noticed:
            wants, tickets[n.entry.ticket] = react(n.entry, n.policies, tickets[n.entry.ticket])
            commands += asked("sla", n, wants)
            await _published(connection, n)
            _measure(n)
        await _keep(connection, partitions, before, tickets)
        return commands


async def _published(connection: Connection, n: Noticed) -> None:
    """Terms and calendars put the open deadlines of the partition into the queue of recalculation."""
    for event in n.entry.events:
        if isinstance(event, e.PolicyPublished):
            at = max(n.entry.recorded_at, event.document.effective_at)
            names = concerned(event.document, n.policies, at)
            if names:
                values = n.partition, event.document.name, event.document.version, at, names
                await connection.execute(_RECALCULATE, *values)


def _measure(n: Noticed) -> None:
    for event in n.entry.events:
        if isinstance(event, e.DeadlineMissed):
            LATENESS.observe((n.entry.recorded_at - event.due).total_seconds())


async def _keep(
    connection: Connection,
    partitions: Mapping[str, int],
    before: Mapping[str, Clocks],
    after: Mapping[str, Clocks],
) -> None:
    gone = [(t, c) for t, clocks in before.items() for c in clocks if c not in after[t]]
    changed = [
        _row(ticket, partitions[ticket], one)
        for ticket, clocks in after.items()
        for clock, one in clocks.items()
        if before[ticket].get(clock) != one
    ]
    if gone:
        await connection.execute(_REMOVE, *map(list, zip(*gone, strict=True)))
    if changed:
        await connection.execute(_PUT, *map(list, zip(*changed, strict=True)))


def running(row: Record) -> Running:
    """A row of ``sla.clocks``."""
    of = Subject(row["jurisdiction"], row["demand"], row["urgency"], row["channel"])
    return Running(
        of,
        row["clock"],
        row["round"],
        row["start"],
        row["due"],
        row["term"],
        row["warn_at"],
        row["next_at"],
        row["asked_at"],
    )


def _row(ticket: str, partition: int, one: Running) -> tuple[str | int | datetime | None, ...]:
    of = one.of
    return (
        ticket,
        one.clock,
        partition,
        of.jurisdiction,
        of.demand,
        of.urgency,
        of.channel,
        one.round,
        one.start,
        one.due,
        one.term,
        one.warn_at,
        one.next_at,
        one.asked_at,
    )


_LOAD = "SELECT * FROM sla.clocks WHERE ticket = ANY($1::text[])"
_REMOVE = """
DELETE FROM sla.clocks c USING unnest($1::text[], $2::text[]) AS gone (ticket, clock)
WHERE c.ticket = gone.ticket AND c.clock = gone.clock
"""
_PUT = """
INSERT INTO sla.clocks (ticket, clock, partition, jurisdiction, demand, urgency, channel, round, start, due, term,
                        warn_at, next_at, asked_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[],
                     $9::timestamptz[], $10::timestamptz[], $11::text[], $12::timestamptz[], $13::timestamptz[],
                     $14::timestamptz[])
ON CONFLICT (ticket, clock) DO UPDATE
SET demand = excluded.demand, urgency = excluded.urgency, round = excluded.round, start = excluded.start,
    due = excluded.due, term = excluded.term, warn_at = excluded.warn_at, next_at = excluded.next_at,
    asked_at = excluded.asked_at
"""
_RECALCULATE = """
INSERT INTO sla.recalculations (partition, policy, version, at, jurisdictions) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
"""
