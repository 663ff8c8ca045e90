"""The views can be made again from the record, and whoever touches them is found out."""

import asyncio

import pytest

from services.projector.errors import OtherViews
from services.projector.rebuild import Rebuilt, rebuild
from shared.settings import Settings
from shared.ticket import commands as c
from tests.record import recorded
from tests.sample import TO_SURVEYING, register
from tests.services.projector.projected import connected, project, projecting, rows, until_caught_up


async def tamper(settings: Settings, sql: str) -> Rebuilt:
    async with connected(settings) as connection:
        await connection.execute(sql)
    return await rebuild(settings)


async def test_untouched_views_are_what_the_record_makes(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record:
        await record.given("t-1", *TO_SURVEYING, c.RecordSurvey("satisfied"))
        await record.when("t-2", c.Sign())
    await project(settings)
    outcome = await rebuild(settings)
    assert (outcome.differ, outcome.differences) == (0, [])
    assert outcome.views["tickets"].rows == 1
    assert outcome.views["timeline"].rows == 5 * settings.partitions + 11


async def test_a_changed_row_is_named_with_both_values(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record:
        await record.given("t-1", register())
    await project(settings)
    outcome = await tamper(settings, "UPDATE tickets SET lead = 'road' WHERE id = 't-1'")
    (found,) = outcome.differences
    assert (found.view, found.key, found.column) == ("tickets", {"id": "t-1"}, "lead")
    assert (found.live, found.rebuilt) == ("road", None)


async def test_a_missing_and_an_invented_row_are_named(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record:
        await record.given("t-1", *TO_SURVEYING)
    await project(settings)
    await tamper(settings, "DELETE FROM unit_feed WHERE kind = 'approved'")
    outcome = await tamper(settings, "UPDATE timeline SET seq = 7 WHERE kind = 'Signed'")
    told = {(found.view, found.column, found.live) for found in outcome.differences}
    assert told == {("unit_feed", "*", False), ("timeline", "*", True), ("timeline", "*", False)}


async def test_a_ticket_that_fell_out_of_its_unit_s_list_is_named(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record:
        await record.given("t-1", *TO_SURVEYING)
    await project(settings)
    outcome = await tamper(settings, "DELETE FROM unit_tickets")
    told = {(found.view, found.key["unit"], found.live) for found in outcome.differences}
    assert told == {("unit_tickets", "water", False)}


async def test_a_title_that_differs_is_told_without_its_words(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record:
        await record.given("t-1", register())
    await project(settings)
    outcome = await tamper(settings, "UPDATE tickets SET title = '样例' WHERE id = 't-1'")
    (found,) = outcome.differences
    assert (found.column, found.live, found.rebuilt) == ("title", "(hidden)", "(hidden)")


async def test_a_swap_mends_the_views_while_the_projector_runs(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record, projecting(settings):
        await record.given("t-1", register())
        await until_caught_up(settings)
        await tamper(settings, "UPDATE tickets SET lead = 'road'")
        await rebuild(settings, swap=True)
        await record.given("t-1", c.Accept())
        await until_caught_up(settings)
        assert await rows(settings, "SELECT lead, stage FROM tickets") == [
            {"lead": None, "stage": "accepted"}
        ]
        assert (await rebuild(settings)).differ == 0


async def test_views_of_another_version_are_replaced_by_a_swap(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record:
        await record.given("t-1", register())
        await project(settings)
        with pytest.raises(OtherViews):
            await tamper(settings, "COMMENT ON SCHEMA views IS 'an older version'")
        await record.given("t-1", c.Accept())
        async with projecting(settings) as projector, asyncio.timeout(30):
            while "rebuild --swap" not in projector.health.wrong.get("views", ""):
                await asyncio.sleep(0.02)
            await rebuild(settings, swap=True)
            await until_caught_up(settings)
    assert await rows(settings, "SELECT stage FROM tickets") == [{"stage": "accepted"}]
