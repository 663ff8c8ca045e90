"""The whole system for as long as it shall run: Kafka, Postgres, the topics, and the services over them."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from deploy.local import environment, kafka, postgres
from deploy.local.services import services, wait_until_ready
from deploy.local.supervisor import Child, Supervisor

READY = 120.0
"""Seconds within which every service must be ready."""


class TopicsNotMade(SystemExit):
    """Kafka does not answer or refuses the topics. The message ends with what was said."""


async def run(folder: Path, then: Sequence[str]) -> int:
    """Runs the system until it is cancelled, or until the command ``then`` has ended; gives its status.

    1. Kafka and Postgres come up, unless they are given.
    2. The topics are made.
    3. The services start, each kept running by the supervisor, and ``environment`` tells where all is.
    In the end the services go first, the last started before the others; then Kafka, Postgres.
    """
    with _database(folder) as database:
        async with _supervisor(folder) as supervisor:
            address = os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or await _broker(folder, supervisor)
            shared = environment.shared(folder, address, await _own_database(database))
            await _make_topics(shared)
            for service in services():
                surroundings = service.environment(shared)
                supervisor.start(Child(service.name, service.command, surroundings, environment.ROOT))
            with environment.told(folder, shared):
                return await _meanwhile(shared, then)


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    with postgres.running(folder / "postgres") as url:
        yield url


async def _own_database(url: str) -> str:
    """The embedded server's first database is Postgres's own; ours is made beside it."""
    if os.environ.get("DATABASE_URL"):
        return url
    return await postgres.create_database(url, "huiyin")


@asynccontextmanager
async def _supervisor(folder: Path) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(folder / "logs")
    try:
        yield supervisor
    finally:
        await supervisor.stop()


async def _broker(folder: Path, supervisor: Supervisor) -> str:
    """Starts the embedded broker and returns once it answers. Raises KafkaNotStarted."""
    prepared = kafka.broker(folder / "kafka")
    supervisor.start(Child("kafka", prepared.command, os.environ, folder))
    await kafka.answers(prepared.address, folder / "logs" / "kafka.log")
    return prepared.address


async def _make_topics(shared: Mapping[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "deploy.topics"),
        env={**os.environ, **shared},
        cwd=environment.ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise TopicsNotMade(f"The topics could not be made:\n{said.decode(errors='replace')[-2000:]}")


async def _meanwhile(shared: Mapping[str, str], then: Sequence[str]) -> int:
    """Waits for the end; with a command, until all is ready and then for the command."""
    if not then:
        await asyncio.Event().wait()
    await wait_until_ready(READY)
    process = await asyncio.create_subprocess_exec(*then, env={**os.environ, **shared}, cwd=environment.ROOT)
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
