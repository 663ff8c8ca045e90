"""The commands of the record as a person runs them: what they print, and the status they exit with."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import status
from cli.__main__ import app
from shared import kafka
from shared.kafka import DEAD_LETTERS, producer
from shared.postgres import open_pool
from shared.runs import Runs
from shared.settings import Settings
from shared.ticket import commands as c
from tests.record import recorded
from tests.running.services import environment_of
from tests.sample import TO_SURVEYING, register
from tests.services.projector.projected import connected, project

Run = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
async def huiyin(settings: Settings, topics: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``huiyin …`` beside a small record that is projected; gives the exit status and the JSON."""
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)
    async with recorded(settings) as record:
        await record.given("t-1", *TO_SURVEYING, c.RecordSurvey("satisfied"))
        await record.given("t-2", register())
        await record.when("t-2", c.Sign())
    await project(settings)

    async def run(*arguments: str) -> tuple[int, Any]:
        result = await asyncio.to_thread(CliRunner().invoke, app, [*arguments, "--json"])
        return result.exit_code, json.loads(result.stdout) if result.stdout else result.stderr

    return run


async def test_verify_says_that_everything_agrees(huiyin: Run) -> None:
    code, told = await huiyin("verify")
    assert code == 0
    assert (told["entries"], told["counted"], told["redecided"], told["differ"]) == (29, 29, 29, 0)
    assert told["views"]["tickets"] == {"rows": 2, "differ": 0}
    assert told["differences"] == []


async def test_what_a_run_found_is_kept_for_whoever_asks_how_far_the_record_was_checked(
    settings: Settings, huiyin: Run
) -> None:
    await huiyin("verify")
    async with connected(settings) as connection:
        await connection.execute("UPDATE tickets SET grade = 'dissatisfied' WHERE id = 't-1'")
    await huiyin("rebuild")
    pool = await open_pool(settings, 1)
    verified, rebuilt = await Runs(pool).latest("verify"), await Runs(pool).latest("rebuild")
    await pool.close()
    assert verified
    assert (verified.differ, sum(part["counted"] for part in verified.outcome)) == (0, 29)
    assert [part["partition"] for part in verified.outcome] == list(range(settings.partitions))
    assert rebuilt
    assert rebuilt.differ == 1
    assert {"view": "tickets", "rows": 2, "differ": 1} in rebuilt.outcome


async def test_verify_names_a_tampered_view_and_fails(settings: Settings, huiyin: Run) -> None:
    async with connected(settings) as connection:
        await connection.execute("UPDATE tickets SET grade = 'dissatisfied' WHERE id = 't-1'")
    code, told = await huiyin("verify")
    assert code == 1
    assert told["views"]["tickets"]["differ"] == 1
    (found,) = told["differences"]
    assert (found["view"], found["key"], found["column"]) == ("tickets", {"id": "t-1"}, "grade")
    assert (await huiyin("rebuild"))[0] == 1
    assert (await huiyin("rebuild", "--swap"))[0] == 0
    assert (await huiyin("rebuild"))[0] == 0


async def test_replay_shows_a_ticket_as_it_was(huiyin: Run) -> None:
    code, whole = await huiyin("replay", "t-1")
    assert (code, whole["ticket"]["stage"], len(whole["steps"])) == (0, "closed", 7)
    by_number = await huiyin("replay", whole["ticket"]["number"])
    assert by_number == (0, whole)
    moment = whole["steps"][2]["at"]
    _, then = await huiyin("replay", "t-1", "--until", moment)
    known = [step for step in whole["steps"] if step["at"] <= moment]  # several may be of one millisecond
    assert then["steps"] == known
    assert [step["unit"] for step in known[:3]] == [None, None, "water"]
    stages = ("registered", "assigned", "signed", "signed", "answered", "surveying", "closed")
    assert then["ticket"]["stage"] == stages[len(known) - 1]


async def test_replay_shows_refused_steps_with_their_code(huiyin: Run) -> None:
    _, told = await huiyin("replay", "t-2")
    assert [step["refusal"] for step in told["steps"]] == [None, "not_in_this_stage"]


async def test_replay_of_an_unknown_ticket_says_so(huiyin: Run) -> None:
    code, told = await huiyin("replay", "t-9")
    assert code == 1
    assert "t-9" in told


async def test_status_says_who_does_not_answer_and_that_nothing_lags(
    huiyin: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIYIN_FIRST_PORT", "1")
    code, told = await huiyin("status")
    assert code == 1
    assert set(told["ready"].values()) == {None}
    assert all(lag["undecided"] == lag["unprojected"] == 0 for lag in told["lag"].values())
    assert told["away"] == []


async def test_status_never_says_that_more_was_decided_than_asked(
    settings: Settings, topics: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that is asked and decided whenever status has looked at a topic."""
    async with recorded(settings) as record:

        async def end_of(*asked: Any) -> int:
            found = await kafka.end_of(*asked)
            await record.raw(asked[2], b"t-1", b"asked and decided meanwhile")
            return found

        monkeypatch.setattr(status, "end_of", end_of)
        lags = [await status._lag(settings, partition, None) for partition in range(settings.partitions)]
    assert all(lag.undecided >= 0 for lag in lags), lags


async def test_status_counts_no_decisions_of_a_log_that_was_made_anew(
    settings: Settings, huiyin: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIYIN_LOG_EPOCH", "2")
    _, told = await huiyin("status")
    assert all(lag["undecided"] == lag["commands"] > 0 for lag in told["lag"].values())


async def test_status_counts_the_dead_letters(settings: Settings, huiyin: Run) -> None:
    async with producer(settings) as sender:
        for letter in (b"one", b"two"):
            await sender.send_and_wait(settings.topic(DEAD_LETTERS), letter)
    _, told = await huiyin("status")
    assert told["dead_letters"] == 2
