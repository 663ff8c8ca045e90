"""A ledger, a projector and an intake as real processes, with sample policies and one account of each channel."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import yaml
from msgspec import to_builtins
from msgspec.structs import replace

from shared.channels.form import Request
from shared.entry import Entry, read_entry
from shared.kafka import COMMANDS, EVENTS, end_of, producer, read, send_command
from shared.settings import Settings
from tests.running.services import Running, Service
from tests.sample import SAMPLE, documents, publish
from tests.shared.channels import peers

HOTLINE = peers.hotline()
HOTLINE.account = replace(HOTLINE.account, jurisdiction=SAMPLE)
WECHAT = peers.mini_program(xml=True)
WECHAT.account = replace(WECHAT.account, jurisdiction=SAMPLE)


def with_accounts(settings: Settings, folder: Path) -> Settings:
    """The settings with a file of the sample accounts."""
    file = folder / "channels.yaml"
    accounts = [to_builtins(peer.account) for peer in (HOTLINE, WECHAT)]
    plain = [{name: value for name, value in account.items() if value is not None} for account in accounts]
    file.write_text(yaml.safe_dump({"accounts": plain}, allow_unicode=True))
    return settings.model_copy(update={"channels": file})


async def publish_sample(settings: Settings) -> None:
    """The sample policies, in every partition, before any ticket."""
    sender = producer(settings)
    await sender.start()
    for document in documents():
        for partition in range(settings.partitions):
            await send_command(sender, settings, publish(document), [], partition)
    await sender.stop()


async def recorded(settings: Settings) -> list[Entry]:
    """What happened to tickets, once the ledger has decided what it was asked by now (ten seconds at most)."""
    entries = []
    for partition in range(settings.partitions):
        asked = await end_of(settings, COMMANDS, partition)
        for _ in range(100):
            if await end_of(settings, EVENTS, partition) >= asked:
                break
            await asyncio.sleep(0.1)
        async for records in read(settings, EVENTS, partition, 0):
            entries += [read_entry(record.value) for record in records]
    return [entry for entry in entries if entry.after]


class Edge:
    """Intake as a channel reaches it."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self.settings = settings
        self.http = httpx.AsyncClient(base_url=service.address, timeout=60, trust_env=False)
        self._at_once = asyncio.Semaphore(100)
        """The client's own queue costs it more the longer it is."""

    async def push(self, request: Request) -> httpx.Response:
        """Send a peer's request."""
        async with self._at_once:
            return await self.http.request(
                request.method,
                request.path,
                params=dict(request.query),
                headers=dict(request.headers),
                content=request.body,
            )

    async def metric(self, line: str) -> float:
        """The value of a metric, named with its labels; 0 if it was never counted."""
        text = (await self.http.get("/metrics")).text
        found = [row for row in text.splitlines() if row.startswith(line + " ")]
        return float(found[0].rsplit(" ", 1)[1]) if found else 0.0


async def until(holds: Callable[[], object], seconds: float = 60) -> None:
    """Wait for a condition (a coroutine function or a plain one); AssertionError if it does not come about."""
    async with asyncio.timeout(seconds):
        while True:
            held = holds()
            if await held if asyncio.iscoroutine(held) else held:
                return
            await asyncio.sleep(0.05)


@contextmanager
def started(settings: Settings, folder: Path) -> Iterator[tuple[Running, Service]]:
    """Ledger, projector and intake; gives all of them, and intake."""
    with Running(settings, folder) as running:
        running.start_all("ledger", "projector")
        yield running, running.start("intake")


@pytest.fixture
def running(settings: Settings, topics: str, tmp_path: Path) -> Iterator[tuple[Settings, Service]]:
    """The three processes on this test's corner of Kafka and Postgres, policies published."""
    ours = with_accounts(settings, tmp_path)
    asyncio.run(publish_sample(ours))
    with started(ours, tmp_path) as (_, intake):
        yield ours, intake


@pytest.fixture
async def edge(running: tuple[Settings, Service]) -> AsyncIterator[Edge]:
    settings, service = running
    made = Edge(service, settings)
    yield made
    await made.http.aclose()
