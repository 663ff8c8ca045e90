"""The projector as a reader of the record: what stops it, what does not, and that it never writes twice."""

import asyncio

import pytest

from services.projector import metrics, views
from services.projector.batch import Batch, Position
from services.projector.errors import StaleProjector
from services.projector.rebuild import rebuild
from services.projector.writer import Writer
from shared.kafka import DEAD_LETTERS, EVENTS, partition_of, read
from shared.settings import Settings
from shared.ticket import commands as c
from tests.lawful import lawful
from tests.record import recorded
from tests.running.services import Running
from tests.sample import TO_SURVEYING, register
from tests.services.projector.projected import (
    connected,
    open_keyring,
    project,
    projecting,
    rows,
    until_caught_up,
)


def tickets_in(settings: Settings, partition: int, how_many: int) -> list[str]:
    named = (f"t-{i}" for i in range(1000))
    return [t for t in named if partition_of(t, settings.partitions) == partition][:how_many]


async def until_stopped(settings: Settings, partition: int, others: list[int]) -> str:
    async with projecting(settings) as projector, asyncio.timeout(30):
        while partition not in projector.stopped:
            await asyncio.sleep(0.02)
        await until_caught_up(settings, others)
        while "stopped" not in projector.health.wrong.get(f"partition {partition}", ""):
            await asyncio.sleep(0.02)
        return projector.health.wrong[f"partition {partition}"]


async def test_a_stale_projector_writes_nothing(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record:
        await record.given("t-1", *TO_SURVEYING)
    await project(settings)
    async with connected(settings) as connection, open_keyring(settings) as keyring:
        before = await views.positions(connection)
        stale = Batch([], {0: before[0].offset - 1}, [Position(0, 99, 99, 1, b"x" * 32)], [], [])
        with pytest.raises(StaleProjector):
            async with connection.transaction():
                await Writer(connection, keyring).write(stale)
        assert await views.positions(connection) == before


async def test_two_projectors_at_once_end_with_the_views_of_one(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record, projecting(settings), projecting(settings):
        for i in range(30):
            await record.given(f"t-{i}", *TO_SURVEYING)
        await until_caught_up(settings)
    assert (await rebuild(settings)).differ == 0


async def test_an_undecodable_entry_stops_only_its_partition_and_is_kept_with_its_origin(
    settings: Settings, topics: str
) -> None:
    async with recorded(settings) as record:
        good, bad = tickets_in(settings, 1, 1)[0], tickets_in(settings, 2, 1)[0]
        await record.given(good, register())
        await record.unreadable(2, bad)
        await record.given(good, c.Accept())
    reason = await until_stopped(settings, 2, [0, 1, 3])
    assert "UndecodableEntry" in reason
    assert [row["id"] for row in await rows(settings, "SELECT id FROM tickets")] == [good]
    (letters,) = [batch async for batch in read(settings, DEAD_LETTERS, 0, 0)]
    headers = dict(letters[0].headers)
    assert headers["origin"].decode() == f"{settings.topic(EVENTS)}/2/5"


async def test_a_stopped_partition_lags_by_records_and_by_seconds_and_the_others_do_not(
    settings: Settings, topics: str
) -> None:
    async with recorded(settings) as record:
        await record.unreadable(2, tickets_in(settings, 2, 1)[0])
        await record.given(tickets_in(settings, 1, 1)[0], register())
    await until_stopped(settings, 2, [0, 1, 3])
    lag = [metrics.BEHIND.labels(partition)._value.get() for partition in range(4)]
    assert lag[2] > 0
    assert [lag[0], lag[1], lag[3]] == [0, 0, 0]
    assert metrics.LAG.labels(2)._value.get() == 1


async def test_an_entry_that_postgres_cannot_take_stops_only_its_partition(
    settings: Settings, topics: str
) -> None:
    async with recorded(settings) as record:
        good, bad = tickets_in(settings, 1, 1)[0], tickets_in(settings, 2, 1)[0]
        await record.given(good, register())
        await record.given(bad, register(), c.RecordDelivery("number", 1, True, 2**40))
        await record.given(good, c.Accept())
    reason = await until_stopped(settings, 2, [0, 1, 3])
    assert "offset 6" in reason
    found = await rows(settings, "SELECT id, stage FROM tickets ORDER BY stage")
    assert [(row["id"], row["stage"]) for row in found] == [(good, "accepted"), (bad, "registered")]


async def test_a_nul_in_a_command_stops_nothing(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record:
        await record.given("t-1", register("A\0" + "1"))
        await record.raw(0, b"\0", b"not a command")
    await project(settings)
    assert (await rows(settings, "SELECT external_id FROM tickets")) == [{"external_id": "A�1"}]


async def test_dropped_views_come_back_from_the_record(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record, projecting(settings):
        await record.given("t-1", register())
        await until_caught_up(settings)
        async with connected(settings) as connection:
            await connection.execute("DROP SCHEMA views CASCADE")
        await record.given("t-1", c.Accept())
        await until_caught_up(settings)
        assert [row["stage"] for row in await rows(settings, "SELECT stage FROM tickets")] == ["accepted"]


async def test_whoever_waits_for_a_view_is_told(settings: Settings, topics: str) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    async with recorded(settings) as record, projecting(settings), connected(settings) as connection:
        await connection.add_listener("views", lambda *got: told.put_nowait(got[-1]))
        entry = await record.when("t-1", register())
        wanted = f"{partition_of('t-1', settings.partitions)}:{entry.source.offset}"
        async with asyncio.timeout(30):
            while await told.get() != wanted:
                continue


async def test_killed_in_mid_load_the_views_end_as_the_record_says(settings: Settings, topics: str) -> None:
    with Running(settings, settings.data.parent) as running:
        service = running.start("projector")
        async with recorded(settings) as record:
            for i in range(60):
                await record.given(f"t-{i}", *TO_SURVEYING, c.RecordSurvey("satisfied"))
                if i % 20 == 10:
                    service.kill()
                    service.start()
        await until_caught_up(settings)
    outcome = await rebuild(settings)
    assert (outcome.differ, outcome.views["tickets"].rows) == (0, 60)
    await lawful(settings)
