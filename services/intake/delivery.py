"""Commands on their way to Kafka, and those that it does not acknowledge: kept sealed, delivered in order.

A command that was kept although it arrived is sent twice: it has one id, and the ledger says so. While a ticket
has kept commands, its later ones go behind them, so that each ticket's order holds.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from asyncpg import Connection, InterfaceError, Pool, PostgresError
from msgspec import json

from services.intake import metrics
from shared.kafka import producer, send_command
from shared.settings import Settings
from shared.telemetry import outgoing
from shared.ticket.commands import Command, read_command, write

log = structlog.get_logger()

PATIENCE = 2.0
"""Seconds that Kafka may take to acknowledge; after them a command is kept."""
RETRY = 0.5
"""Seconds between two tries to deliver what is kept."""
AT_ONCE = 500
"""Kept commands delivered in one go."""

Headers = list[tuple[str, bytes]]

_HELD = "SELECT DISTINCT ticket FROM intake.outbox WHERE ticket = ANY($1::text[])"
_KEEP = """
INSERT INTO intake.outbox (ticket, command, trace)
SELECT ticket, command, $3 FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS kept (ticket, command, at)
ORDER BY at
"""
_NEXT = "SELECT id, command, trace FROM intake.outbox ORDER BY id LIMIT $1 FOR UPDATE"
_DELIVERED = "DELETE FROM intake.outbox WHERE id = ANY($1::bigint[])"


class Sent(NamedTuple):
    """Where an acknowledged command lies: its entry's source."""

    partition: int
    offset: int


class Delivery:
    """One per process. ``run`` must run beside it: it connects, and delivers what was kept."""

    def __init__(self, settings: Settings, pool: Pool) -> None:
        self._settings = settings
        self._pool = pool
        self._producer: AIOKafkaProducer | None = None
        self.tried = asyncio.Event()
        """Set once ``run`` has tried Kafka: before that, everything is kept."""

    async def send(self, commands: Sequence[Command]) -> list[Sent | None]:
        """Send the commands; None for each that was kept instead.

        1. Those of tickets with kept commands go behind them, all of them while Kafka is away.
        2. The others are sent, each ticket's in their order, and have ``PATIENCE`` to be acknowledged.
        3. What was not is kept. Dying before that loses only what nobody was told to be accepted.
        Raises what asyncpg raises while Postgres is away.
        """
        headers = outgoing()
        held = {row[0] for row in await self._pool.fetch(_HELD, [command.ticket for command in commands])}
        sending = self._producer
        sent: list[Sent | None] = [None] * len(commands)
        if sending is not None:
            free = [index for index, command in enumerate(commands) if command.ticket not in held]
            await self._try(sending, commands, free, headers, sent)
        kept = [command for command, done in zip(commands, sent, strict=True) if done is None]
        if kept:
            await self._keep(kept, headers)
        return sent

    async def _try(
        self,
        sending: AIOKafkaProducer,
        commands: Sequence[Command],
        free: Sequence[int],
        headers: Headers,
        sent: list[Sent | None],
    ) -> None:
        by_ticket: dict[str, list[int]] = {}
        for index in free:
            by_ticket.setdefault(commands[index].ticket, []).append(index)

        async def in_order(indexes: Sequence[int]) -> None:
            for index in indexes:
                sent[index] = Sent(*await send_command(sending, self._settings, commands[index], headers))

        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*(in_order(indexes) for indexes in by_ticket.values()))
        except (TimeoutError, KafkaError) as error:
            self._gone(sending, error)

    def _gone(self, sending: AIOKafkaProducer, error: Exception) -> None:
        """Until ``run`` has a new producer everything is kept: nobody waits for a broker known to be away."""
        if self._producer is sending:
            self._producer = None
            metrics.KAFKA_AWAY.set(1)
            log.warning("kafka is away", action="kafka_away", error=type(error).__name__)

    async def _keep(self, commands: Sequence[Command], headers: Headers) -> None:
        trace = json.encode([(name, value.decode()) for name, value in headers]).decode()
        tickets = [command.ticket for command in commands]
        await self._pool.execute(_KEEP, tickets, [write(command) for command in commands], trace)

    async def run(self) -> None:
        """Connect, deliver what is kept, and again after whatever went away. Until cancelled."""
        current: AIOKafkaProducer | None = None
        try:
            while True:
                try:
                    if current is None or self._producer is not current:
                        await _close(current)
                        current = await self._connected()
                    await self._deliver(current)
                    self._producer = current
                    metrics.KAFKA_AWAY.set(0)
                except (KafkaError, TimeoutError) as error:
                    await _close(current)
                    current = None
                    self._producer = None
                    metrics.KAFKA_AWAY.set(1)
                    log.warning("nothing can be delivered", action="kafka_away", error=type(error).__name__)
                except (OSError, PostgresError, InterfaceError) as error:
                    log.warning("the outbox is away", action="postgres_away", error=type(error).__name__)
                self.tried.set()
                await asyncio.sleep(RETRY)
        finally:
            await _close(current)

    async def _connected(self) -> AIOKafkaProducer:
        fresh = producer(self._settings)
        try:
            async with asyncio.timeout(PATIENCE * 2):
                await fresh.start()
        except BaseException:
            await _close(fresh)
            raise
        return fresh

    async def _deliver(self, sending: AIOKafkaProducer) -> None:
        """Deliver what is kept, oldest first; the rows are locked, so that two processes keep the order."""
        while True:
            async with self._pool.acquire() as connection, connection.transaction():
                count = await self._deliver_some(sending, connection)
            if count < AT_ONCE:
                return

    async def _deliver_some(self, sending: AIOKafkaProducer, connection: Connection) -> int:
        rows = await connection.fetch(_NEXT, AT_ONCE)
        for row in rows:
            command = read_command(row["command"])
            headers = [(name, value.encode()) for name, value in json.decode(row["trace"])]
            async with asyncio.timeout(PATIENCE * 2):
                await send_command(sending, self._settings, command, headers)
        if rows:
            await connection.execute(_DELIVERED, [row["id"] for row in rows])
            log.info("kept commands delivered", action="outbox_delivered", count=len(rows))
        return len(rows)


async def _close(sending: AIOKafkaProducer | None) -> None:
    """Let go of a producer; one whose broker is away would wait for it."""
    if sending is None:
        return
    try:
        async with asyncio.timeout(1):
            await sending.stop()
    except (TimeoutError, KafkaError):
        return
