"""The supervisor: what ends itself is started again, and in the end nothing is left."""

import asyncio
import os
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import psutil

from deploy.local.supervisor import Child, Supervisor


async def until(condition: Callable[[], bool]) -> None:
    """Returns once the condition holds."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.02)


def child(folder: Path, name: str, script: str) -> Child:
    return Child(name, ["bash", "-c", script], os.environ, folder)


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


async def test_a_child_that_ends_itself_is_started_again_and_its_log_says_so(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    supervisor.start(child(tmp_path, "restless", "echo hello; exit 70"))
    await until(lambda: lines(tmp_path / "restless.log").count("hello") == 2)
    await supervisor.stop()
    assert lines(tmp_path / "restless.log") == [
        "hello",
        "-- restless ended with status 70; starting it again in 0.5 s",
        "hello",
        *lines(tmp_path / "restless.log")[3:],
    ]


async def test_a_child_that_keeps_ending_waits_longer_each_time(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    supervisor.start(child(tmp_path, "restless", "date +%s.%N; exit 1"))
    await until(lambda: len([line for line in lines(tmp_path / "restless.log") if line[0] != "-"]) == 4)
    await supervisor.stop()
    moments = [float(line) for line in lines(tmp_path / "restless.log") if line[0] != "-"]
    first, second, third = (later - earlier for earlier, later in pairwise(moments))
    assert 0.5 <= first < second < third
    assert second >= 1
    assert third >= 2


async def test_stopping_ends_the_last_started_first_and_leaves_nothing(tmp_path: Path) -> None:
    supervisor, ended = Supervisor(tmp_path), tmp_path / "ended"
    for name in ("first", "second"):
        told = f"trap 'echo {name} >> {ended}; exit' TERM; echo $$; while :; do sleep 0.05; done"
        supervisor.start(child(tmp_path, name, told))
    await until(lambda: bool(lines(tmp_path / "first.log") and lines(tmp_path / "second.log")))
    pids = [int(lines(tmp_path / f"{name}.log")[0]) for name in ("first", "second")]
    await supervisor.stop()
    assert lines(ended) == ["second", "first"]
    assert not any(psutil.pid_exists(pid) for pid in pids)


async def test_what_a_child_left_running_when_it_ended_is_ended_too(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    supervisor.start(child(tmp_path, "careless", "sleep 1000 & echo $!; exit 0"))
    await until(lambda: len(lines(tmp_path / "careless.log")) > 1)
    await supervisor.stop()
    left = int(lines(tmp_path / "careless.log")[0])
    await until(lambda: not psutil.pid_exists(left) or psutil.Process(left).status() == psutil.STATUS_ZOMBIE)


async def test_a_child_in_its_pause_is_stopped_at_once(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    supervisor.start(child(tmp_path, "restless", "exit 1"))
    await until(lambda: len(lines(tmp_path / "restless.log")) == 4)
    started = time.monotonic()
    await supervisor.stop()
    assert time.monotonic() - started < 1
