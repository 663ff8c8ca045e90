"""The frame of the reactors: what loses nothing, and no rule of the trade (design §6).

A batch of entries is handled so:

1. One Postgres transaction: offset, chain head and policies of each partition, guarded by the offset that was
   expected there, so that a stale owner writes nothing; the reactor's own rows; its commands as outbox rows.
   Dying before the commit leaves everything as it was, and the batch comes again.
2. The outbox is sent, the acknowledgements are awaited, its rows are deleted. Dying on the way leaves rows,
   which are sent when the partition is opened; a command sent twice has one id, and the ledger says so.
3. Only then is the batch acknowledged to whoever handed it over. What comes again lies at or below the stored
   offset and is passed over.

A partition is opened before its first batch: its outbox is sent, and what lies between the stored offset and
the topic's end is read with a plain consumer. So Postgres may come back from an older backup, or the consumer
group may be ahead: Postgres's offset is the truth, the group's a hint.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError
from asyncpg import (
    Connection,
    IdleInTransactionSessionTimeoutError,
    InterfaceError,
    InternalClientError,
    OperatorInterventionError,
    Pool,
    PostgresConnectionError,
)
from prometheus_client import Counter, Histogram

from shared.entry import Follower
from shared.health import Health
from shared.kafka import DEAD_LETTERS, EVENTS, end_of, read, send_command
from shared.policy.documents import Policies
from shared.reaction import Noticed, Want, command_for
from shared.settings import Settings
from shared.standing import Record, Standing
from shared.telemetry import carried, outgoing, traced
from shared.ticket.commands import Command, read_command, write
from shared.ticket.events import PolicyPublished

log = structlog.get_logger()

SCHEMA = Path(__file__).with_name("reactor.sql")
SENT_AT_ONCE = 500
"""Commands on their way to Kafka at the same time."""
AWAY = (
    OSError,
    TimeoutError,
    IdleInTransactionSessionTimeoutError,
    InterfaceError,
    InternalClientError,
    OperatorInterventionError,
    PostgresConnectionError,
    KafkaConnectionError,
    KafkaTimeoutError,
)
"""What a call raises while Postgres or Kafka is down, starting or stopping: it is tried again.

InternalClientError is asyncpg's word for a connection that ended between its being taken and its first statement.
"""
RETRY = 0.5
"""Seconds between two tries."""

ENTRIES = Counter("huiyin_reactor_entries", "Entries that counted", ["service", "partition"])
BATCH = Histogram("huiyin_reactor_batch_seconds", "Handling one batch until its commands are acknowledged")

T = TypeVar("T")


class ReactorError(Exception):
    """A reactor could not go on as it was.

    ├── StaleOwner
    └── AnotherLog
    """


class StaleOwner(ReactorError):
    """Another worker has moved the partition on: nothing was written, and it is read from Postgres anew."""


class AnotherLog(ReactorError):
    """The topic ends before what was read of it: this Kafka is not the one that Postgres knows.

    The process ends. Restore the topic, or drop the service's schema so that it begins anew.
    """


class Asked(NamedTuple):
    """A command with the trace that it goes on with, and the partition of its ticket."""

    partition: int
    command: Command
    headers: Sequence[tuple[str, bytes]] = ()


class Reactor(Protocol):
    """What differs between the services."""

    name: str
    """Of the service, its schema, its issuer."""
    kinds: frozenset[str]
    """Of the entries it notices, as in the header ``kinds``; policies always."""

    async def take(self, connection: Connection, noticed: Sequence[Noticed]) -> list[Asked]:
        """React to a batch, in order, within the frame's transaction: keep rows, give the commands."""


def asked(service: str, noticed: Noticed, wants: Sequence[Want]) -> list[Asked]:
    """The commands of one reaction, on the entry's trace, with a span where that trace is kept."""
    if not wants:
        return []
    with traced(f"{service} react", noticed.headers, ticket=noticed.entry.ticket) as span:
        headers = outgoing() if span else carried(noticed.headers)
        return [
            Asked(noticed.partition, command_for(service, noticed.entry, want), headers) for want in wants
        ]


class Frame:
    """The partitions of one worker, and the order in which their batches are handled."""

    def __init__(
        self, settings: Settings, pool: Pool, sender: AIOKafkaProducer, health: Health, reactor: Reactor
    ) -> None:
        self.settings = settings
        self.pool = pool
        self.sender = sender
        self.health = health
        self.reactor = reactor
        self.kinds = reactor.kinds | {PolicyPublished.__name__}
        self._standing: dict[int, Standing] = {}
        self._open: set[int] = set()
        self._lock = asyncio.Lock()

    def owned(self) -> list[int]:
        """The partitions that are open here and go on: whoever works on stored rows keeps to these."""
        return sorted(self._open)

    def policies(self, partition: int) -> Policies:
        """What an open partition has been told so far."""
        return self._standing[partition].policies

    async def assigned(self, partitions: Sequence[int]) -> None:
        """Open what is new here and let go of what is not named."""
        async with self._lock:
            for gone in set(self._standing) - set(partitions):
                del self._standing[gone]
                self._open.discard(gone)
                self.health.well(f"partition {gone}")
            for number in partitions:
                await self._opened(number)

    async def take(self, records: Sequence[Record]) -> None:
        """Handle what was handed over, in any mixture of partitions; returns when it may be acknowledged."""
        batch: dict[int, list[Record]] = {}
        for record in records:
            batch.setdefault(record.partition, []).append(record)
        async with self._lock:
            for number, of_one in batch.items():
                standing = await self._opened(number)
                if not standing.wrong and standing.is_before_a_gap(of_one):
                    await self._catch_up(number, of_one[-1].offset + 1)
            await self._handle(batch)

    async def _opened(self, number: int) -> Standing:
        """Open a partition: load where it stands, send its outbox, read what lies between."""
        if number not in self._standing:
            self.health.fail(f"partition {number}", "opening")
            await self.until_back("postgres", lambda: self._load(number))
            await self._send_stored(number)
            end = await self.until_back("kafka", lambda: end_of(self.settings, EVENTS, number))
            if end <= self._standing[number].offset:
                raise AnotherLog(f"partition {number} ends at {end}")
            await self._catch_up(number, end)
            if self._standing[number].wrong is None:
                self._open.add(number)
                self.health.well(f"partition {number}")
        return self._standing[number]

    async def _load(self, number: int) -> None:
        start = Follower.at_start("ticket", number)
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(_BEGIN, number, start.head, Policies().dump())
            row = await connection.fetchrow(_STANDING, number)
        follower = Follower(row["head"], row["source"], row["epoch"])
        self._standing[number] = Standing(number, row["offset"], follower, Policies.load(row["policies"]))

    async def _catch_up(self, number: int, end: int) -> None:
        start = self._standing[number].offset + 1
        if start < end:
            log.info("reading what lies between", action="gap_read", partition=number, offset=start, end=end)
        async for records in read(self.settings, EVENTS, number, start, end):
            await self._handle({number: [Record(number, r.offset, r.headers, r.value) for r in records]})

    async def _handle(self, batch: Mapping[int, Sequence[Record]]) -> None:
        """Steps 1 and 2 of the module's docstring, again until they are done."""
        began = time.perf_counter()
        while True:
            try:
                commands, rows = await self.until_back("postgres", lambda: self._keep(batch))
                break
            except StaleOwner:
                for number in batch:
                    await self.until_back("postgres", lambda number=number: self._load(number))  # type: ignore[misc]
        await self.send(commands, rows)
        BATCH.observe(time.perf_counter() - began)

    async def _keep(self, batch: Mapping[int, Sequence[Record]]) -> tuple[list[Asked], list[int]]:
        """Step 1. Gives the commands and their outbox rows; the worker's memory moves after the commit."""
        moved = [self._standing[number].copy() for number in batch if not self._standing[number].wrong]
        noticed = [n for at in moved for n in at.notice(batch[at.number], self.kinds)]
        before = [self._standing[at.number] for at in moved]
        commands: list[Asked] = []
        rows: list[int] = []
        if any(at.offset != was.offset for at, was in zip(moved, before, strict=True)):
            async with self.pool.acquire() as connection, connection.transaction():
                await self._move(connection, before, moved)
                commands = await self.reactor.take(connection, noticed) if noticed else []
                rows = await self.store(connection, commands)
        for was, at in zip(before, moved, strict=True):
            self._standing[at.number] = at
            ENTRIES.labels(self.reactor.name, at.number).inc(at.follower.source - was.follower.source)
            if at.wrong:
                await self._stop(at.number, *at.wrong)
        return commands, rows

    async def _move(self, connection: Connection, before: list[Standing], moved: list[Standing]) -> None:
        """The guard: every partition must still stand where this worker believes it does."""
        changed = [
            (
                at.number,
                was.offset,
                at.offset,
                at.follower.source,
                at.follower.epoch,
                at.follower.head,
                at.policies.dump() if at.policies is not was.policies else None,
            )
            for was, at in zip(before, moved, strict=True)
            if at.offset != was.offset
        ]
        if len(await connection.fetch(_MOVE, *map(list, zip(*sorted(changed), strict=True)))) != len(changed):
            raise StaleOwner(f"partitions {[at.number for at in moved]}")

    async def _stop(self, number: int, record: Record, error: Exception) -> None:
        """An entry that counts and cannot be read: to the dead letters, and the partition stays here."""
        reason = f"{type(error).__name__} at offset {record.offset}"
        self._open.discard(number)
        self.health.fail(f"partition {number}", f"stopped: {reason}")
        log.error(
            "partition stopped",
            action="partition_stopped",
            partition=number,
            offset=record.offset,
            error=str(error),
        )
        topic = self.settings.topic(EVENTS)
        headers = [("origin", f"{topic}/{number}/{record.offset}".encode()), ("because", reason.encode())]
        await self.sender.send_and_wait(self.settings.topic(DEAD_LETTERS), record.value, headers=headers)

    async def store(self, connection: Connection, commands: Sequence[Asked]) -> list[int]:
        """Put commands into the outbox within a transaction; gives their rows, for ``send``."""
        if not commands:
            return []
        rows = await connection.fetch(
            _STORE,
            [a.partition for a in commands],
            [write(a.command) for a in commands],
            [dict(a.headers).get("traceparent") for a in commands],
        )
        return [row["seq"] for row in rows]

    async def send(self, commands: Sequence[Asked], rows: Sequence[int]) -> None:
        """Step 2: send, await the acknowledgements, delete the rows; waits while either side is away."""
        for start in range(0, len(commands), SENT_AT_ONCE):
            part = commands[start : start + SENT_AT_ONCE]
            await self.until_back("kafka", lambda part=part: self._sent(part))  # type: ignore[misc]
        if rows:
            await self.until_back("postgres", lambda: self.pool.execute(_SENT, rows))

    async def _sent(self, commands: Sequence[Asked]) -> None:
        await asyncio.gather(
            *(
                send_command(self.sender, self.settings, a.command, list(a.headers), a.partition)
                for a in commands
            )
        )

    async def _send_stored(self, number: int) -> None:
        rows = await self.until_back("postgres", lambda: self.pool.fetch(_STORED, number))
        await self.send([_from_outbox(number, row) for row in rows], [row["seq"] for row in rows])

    async def until_back(self, what: str, action: Callable[[], Awaitable[T]]) -> T:
        """The action's result; while Postgres or Kafka is away, /readyz says so and it is tried again."""
        while True:
            try:
                result = await action()
            except AWAY as error:
                self.health.fail(what, type(error).__name__)
                log.warning("waiting", action="away", what=what, error=type(error).__name__)
                await asyncio.sleep(RETRY)
            else:
                self.health.well(what)
                return result


def _from_outbox(number: int, row: Mapping[str, bytes | None]) -> Asked:
    trace = row["traceparent"]
    return Asked(
        number, read_command(row["command"] or b""), [("traceparent", trace)] if trace is not None else []
    )


_BEGIN = """
INSERT INTO partitions (partition, "offset", source, epoch, head, policies) VALUES ($1, -1, -1, 1, $2, $3)
ON CONFLICT DO NOTHING
"""
_STANDING = 'SELECT "offset", source, epoch, head, policies FROM partitions WHERE partition = $1'
_MOVE = """
UPDATE partitions p
SET "offset" = n.moved, source = n.source, epoch = n.epoch, head = n.head,
    policies = coalesce(n.policies, p.policies)
FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::int[], $6::bytea[], $7::bytea[])
     AS n (partition, expected, moved, source, epoch, head, policies)
WHERE p.partition = n.partition AND p."offset" = n.expected
RETURNING p.partition
"""
_STORE = """
INSERT INTO outbox (partition, command, traceparent)
SELECT * FROM unnest($1::int[], $2::bytea[], $3::bytea[]) RETURNING seq
"""
_STORED = "SELECT seq, command, traceparent FROM outbox WHERE partition = $1 ORDER BY seq"
_SENT = "DELETE FROM outbox WHERE seq = ANY($1::bigint[])"
