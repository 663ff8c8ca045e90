"""The embedded Kafka and Postgres: they keep what they were given, and leave nothing running."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local import kafka, postgres, processes, tools


def running_below(folder: Path) -> list[str]:
    """The command lines of all processes that name the folder."""
    commands = (process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"]))
    return [" ".join(words) for words in commands if any(str(folder) in word for word in words)]


async def write(address: str, topic: str, value: bytes) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=address, acks="all") as producer:
        await producer.send_and_wait(topic, value)


async def read(address: str, topic: str) -> bytes:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=address, auto_offset_reset="earliest")
    async with consumer:
        value: bytes = (await consumer.getone()).value
        return value


def test_a_broker_that_is_started_again_has_what_was_written(tmp_path: Path) -> None:
    with kafka.running(tmp_path) as address:
        asyncio.run(write(address, "kept", b"one"))
    assert running_below(tmp_path) == []
    with kafka.running(tmp_path) as address:
        assert asyncio.run(read(address, "kept")) == b"one"
    assert running_below(tmp_path) == []


async def fetch_one(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    value: object = await connection.fetchval(statement)
    await connection.close()
    return value


def test_a_server_that_is_started_again_has_what_was_written(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    with postgres.running(folder) as url:
        kept = asyncio.run(postgres.create_database(url, "kept"))
        asyncio.run(fetch_one(kept, "CREATE TABLE one AS SELECT 1 AS number"))
    assert running_below(folder) == []
    with postgres.running(folder) as url:
        assert asyncio.run(fetch_one(postgres.of_database(url, "kept"), "SELECT number FROM one")) == 1
    assert running_below(folder) == []


def test_a_child_that_ignores_the_polite_signal_is_ended_with_its_own_children(tmp_path: Path) -> None:
    marker = f"{tmp_path}/deaf"
    deaf = [
        "bash",
        "-c",
        'trap "" TERM; echo ready; bash -c \'trap "" TERM; while :; do sleep 0.1; done\' "$0"',
        marker,
    ]
    child = processes.start(deaf, tmp_path / "log")
    while "ready" not in processes.tail(tmp_path / "log"):
        assert child.poll() is None
    processes.stop(child, grace=0.2)
    assert child.returncode == -signal.SIGKILL
    assert running_below(Path(marker)) == []


def test_a_child_ends_when_the_process_that_started_it_is_killed(tmp_path: Path) -> None:
    marker = f"{tmp_path}/orphan"
    start = (
        "import signal, sys; from pathlib import Path; from deploy.local import processes\n"
        "loop = 'echo ready; while :; do sleep 0.1; done'\n"
        "processes.start(['bash', '-c', loop, sys.argv[1]], Path(sys.argv[2]))\n"
        "signal.pause()"
    )
    log = tmp_path / "log"
    with subprocess.Popen([sys.executable, "-c", start, marker, str(log)]) as parent:
        while "ready" not in processes.tail(log):
            assert parent.poll() is None
        parent.kill()
    left = [p for p in psutil.process_iter(["cmdline"]) if marker in (p.info["cmdline"] or [])]
    assert psutil.wait_procs(left, timeout=5)[1] == []


def test_a_missing_java_is_named_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(tools.MissingTool, match=r"Java 17 is missing.*apt-get install"):
        tools.java()
