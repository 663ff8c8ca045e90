"""The frame of the reactors on a real Kafka and a real Postgres: nothing lost, nothing done twice (design §6)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.structs import ConsumerRecord

from shared.health import Health
from shared.kafka import COMMANDS, DEAD_LETTERS, EVENTS, end_of, partition_of, producer, read
from shared.postgres import make_schema, open_pool
from shared.reaction import Noticed, Want
from shared.reactor import SCHEMA, AnotherLog, Asked, Frame, asked
from shared.settings import Settings
from shared.standing import Record as Handed
from shared.ticket.commands import Triage, read_command
from tests.lawful import lawful
from tests.record import Record, recorded
from tests.sample import register

pytestmark = pytest.mark.usefixtures("topics")

NOTED = """
CREATE SCHEMA IF NOT EXISTS sample;
CREATE TABLE IF NOT EXISTS sample.noted (seq bigint GENERATED ALWAYS AS IDENTITY, ticket text NOT NULL);
"""


class Noting:
    """A reactor that notes every registered ticket, and asks for its triage."""

    name = "sample"
    kinds = frozenset({"Registered"})

    async def take(self, connection: asyncpg.Connection, noticed: Sequence[Noticed]) -> list[Asked]:
        registered = [n for n in noticed if n.entry.after]
        for n in registered:
            await connection.execute("INSERT INTO noted (ticket) VALUES ($1)", n.entry.ticket)
        return [a for n in registered for a in asked("sample", n, [Want("look", Triage(1, "sample"))])]


@asynccontextmanager
async def frame(
    settings: Settings, tmp_path: Path, sender: AIOKafkaProducer | None = None
) -> AsyncIterator[Frame]:
    """A worker's frame, with a sender of its own unless one is given."""
    schema = tmp_path / "sample.sql"
    schema.write_text(NOTED)
    pool = await open_pool(settings, server={"search_path": "sample"})
    await make_schema(pool, schema)
    await make_schema(pool, SCHEMA)
    own = producer(settings)
    await own.start()
    try:
        yield Frame(settings, pool, sender or own, Health(), Noting())
    finally:
        await own.stop()
        await pool.close()


async def noted(settings: Settings) -> list[str]:
    """The tickets noted, in order."""
    return [row["ticket"] for row in await rows(settings, "SELECT ticket FROM sample.noted ORDER BY seq")]


async def outbox(settings: Settings) -> list[asyncpg.Record]:
    """The commands that wait to be sent."""
    return await rows(settings, "SELECT * FROM sample.outbox")


async def rows(settings: Settings, statement: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(settings.database)
    found: list[asyncpg.Record] = await connection.fetch(statement)
    await connection.close()
    return found


async def register_in_one_partition(record: Record, count: int, name: str = "ticket") -> list[str]:
    """Tickets of partition 0, registered one after another."""
    tickets: list[str] = []
    number = 0
    while len(tickets) < count:
        number += 1
        ticket = f"{name}-{number}"
        if partition_of(ticket, record.settings.partitions) == 0:
            await record.given(ticket, register(ticket))
            tickets.append(ticket)
    return tickets


async def records(settings: Settings, topic: str) -> list[ConsumerRecord]:
    return [record async for batch in read(settings, topic, 0, 0) for record in batch]


async def handed(settings: Settings) -> list[Handed]:
    """All records of partition 0 as somebody would hand them over."""
    return [Handed(0, r.offset, r.headers, r.value) for r in await records(settings, EVENTS)]


async def asked_for(settings: Settings) -> list[str]:
    """The tickets whose triage was asked for, a ticket as often as it was."""
    commands = [read_command(record.value) for record in await records(settings, COMMANDS)]
    return [command.ticket for command in commands if command.issuer == "sample"]


async def decide_what_was_asked(record: Record) -> None:
    """Give each command that a worker sent to partition 0 its entry, as the ledger would."""
    start = record.books[0].head.source + 1
    async for batch in read(record.settings, COMMANDS, 0, start):
        for r in batch:
            await record.append(0, record.books[0].enter(r.offset, r.timestamp, r.key, r.value))


async def test_opening_a_partition_reads_all_that_was_missed_in_order(
    settings: Settings, tmp_path: Path
) -> None:
    async with recorded(settings) as record, frame(settings, tmp_path) as worker:
        tickets = await register_in_one_partition(record, 5)
        await worker.assigned([0])
    assert await noted(settings) == tickets
    assert await asked_for(settings) == tickets
    assert await outbox(settings) == []


async def test_what_lies_at_or_below_the_stored_offset_is_passed_over(
    settings: Settings, tmp_path: Path
) -> None:
    async with recorded(settings) as record, frame(settings, tmp_path) as worker:
        tickets = await register_in_one_partition(record, 3)
        await worker.assigned([0])
        await worker.take(await handed(settings))
    assert await noted(settings) == tickets
    assert await asked_for(settings) == tickets


async def test_a_gap_before_or_within_what_is_handed_over_is_read_first(
    settings: Settings, tmp_path: Path
) -> None:
    async with recorded(settings) as record, frame(settings, tmp_path) as worker:
        await worker.assigned([0])
        tickets = await register_in_one_partition(record, 6)
        everything = await handed(settings)
        await worker.take([everything[-4], everything[-1]])
    assert await noted(settings) == tickets


async def test_a_stale_owner_writes_nothing_and_goes_on_from_where_the_partition_stands(
    settings: Settings, tmp_path: Path
) -> None:
    async with (
        recorded(settings) as record,
        frame(settings, tmp_path) as stale,
        frame(settings, tmp_path) as owner,
    ):
        await stale.assigned([0])
        await owner.assigned([0])
        first = await register_in_one_partition(record, 3, "first")
        fresh = (await handed(settings))[-3:]
        await owner.take(fresh)
        await stale.take(fresh)
        assert await noted(settings) == first
        await decide_what_was_asked(record)
        second = await register_in_one_partition(record, 2, "second")
        await stale.take((await handed(settings))[-2:])
    assert await noted(settings) == first + second
    assert await asked_for(settings) == first + second


async def test_a_worker_that_dies_between_its_transaction_and_its_sends_loses_no_command(
    settings: Settings, tmp_path: Path
) -> None:
    """Its producer has lost Kafka for good, so that it comes no further than its transaction."""
    dead = producer(settings)
    await dead.start()
    await dead.stop()
    async with recorded(settings) as record:
        async with frame(settings, tmp_path, dead) as worker:
            tickets = await register_in_one_partition(record, 3)
            opening = asyncio.create_task(worker.assigned([0]))
            while len(await outbox(settings)) < 3:
                await asyncio.sleep(0.02)
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
        assert await noted(settings) == tickets
        assert await asked_for(settings) == []
        async with frame(settings, tmp_path) as next_one:
            await next_one.assigned([0])
        await decide_what_was_asked(record)
    assert await noted(settings) == tickets
    assert await asked_for(settings) == tickets
    assert await outbox(settings) == []
    await lawful(settings)


async def test_a_database_that_drops_its_connections_in_mid_batch_only_delays_it(
    settings: Settings, tmp_path: Path
) -> None:
    async with recorded(settings) as record, frame(settings, tmp_path) as worker:
        await worker.assigned([0])
        tickets = await register_in_one_partition(record, 3)
        await rows(
            settings,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        await worker.take((await handed(settings))[-3:])
        assert worker.health.wrong == {}
    assert await noted(settings) == tickets
    assert await asked_for(settings) == tickets


async def test_an_entry_that_nobody_can_read_stops_its_partition_and_lies_in_the_dead_letters(
    settings: Settings, tmp_path: Path
) -> None:
    async with recorded(settings) as record, frame(settings, tmp_path) as worker:
        before = await register_in_one_partition(record, 2, "before")
        spoiled = record.books[0].enter(record.books[0].head.source + 1, 0, b"spoiled", b"no command")
        digest_of_others = [(name, value) for name, value in spoiled.headers if name != "digest"]
        await record.append(0, spoiled._replace(headers=[*digest_of_others, ("digest", bytes(32))]))
        await worker.assigned([0, 1])
        stopped = worker.health.wrong["partition 0"]
        assert worker.owned() == [1]
        await worker.take([(await handed(settings))[-1]])
    assert "stopped: BrokenEntry" in stopped
    assert await noted(settings) == before
    (dead,) = await records(settings, DEAD_LETTERS)
    last = await end_of(settings, EVENTS, 0) - 1
    assert dict(dead.headers)["origin"] == f"{settings.topic(EVENTS)}/0/{last}".encode()
    assert dead.value == spoiled.value


async def test_a_topic_that_ends_before_what_was_read_of_it_is_another_log(
    settings: Settings, tmp_path: Path
) -> None:
    async with recorded(settings) as record, frame(settings, tmp_path) as worker:
        await register_in_one_partition(record, 1)
        await worker.assigned([0])
        await rows(settings, 'UPDATE sample.partitions SET "offset" = 1000')
    async with frame(settings, tmp_path) as worker:
        with pytest.raises(AnotherLog):
            await worker.assigned([0])
