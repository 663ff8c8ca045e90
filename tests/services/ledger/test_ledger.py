"""The ledger on a real Kafka: killed, frozen, shared, robbed of its store; nothing is lost and nothing counts twice."""

import asyncio
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from shared.book import COMMAND_LIMIT
from shared.entry import Entry
from shared.kafka import COMMANDS, DEAD_LETTERS, EVENTS, producer, read
from shared.settings import Settings
from shared.ticket.commands import Accept, write
from tests.lawful import lawful
from tests.running.services import Running
from tests.sample import Story, document, publish, terms
from tests.services.ledger.record import appended, asked, counted, demands, publish_sample, send

FATAL = 70


@pytest.fixture
def running(settings: Settings, topics: str, tmp_path: Path) -> Iterator[Running]:
    with Running(settings, tmp_path) as processes:
        yield processes


@pytest.fixture
async def published(settings: Settings, topics: str) -> None:
    await publish_sample(settings)


async def all_decided(settings: Settings, running: Running) -> list[Entry]:
    """Wait, as a supervisor does, until every command has its entry; then what counts."""
    expected = await asked(settings)
    while await appended(settings) < expected or len(entries := await counted(settings)) < expected:
        running.revive()
        await asyncio.sleep(0.2)
    return entries


async def some_decided(settings: Settings, least: int) -> None:
    while await appended(settings) < least:
        await asyncio.sleep(0.01)


def recorded_once(entries: list[Entry], count: int) -> None:
    """Each of ``count`` registrations led to exactly one ticket, and none to anything else."""
    tickets = [entry.ticket for entry in entries if not entry.ticket.startswith("policy/")]
    assert sorted(tickets) == sorted(f"t-{n}" for n in range(count))
    numbers = {entry.after.number for entry in entries if entry.after}
    assert len(numbers) == count


async def test_every_command_gets_one_entry_in_its_own_partition(
    settings: Settings, published: None, running: Running
) -> None:
    running.start("ledger")
    await send(settings, demands(50))
    recorded_once(await all_decided(settings, running), 50)


async def test_killed_in_mid_load_and_started_again(
    settings: Settings, published: None, running: Running
) -> None:
    ledger = running.start("ledger")
    loading = asyncio.create_task(send(settings, demands(8_000)))
    for least in (500, 2_000, 4_000):
        await some_decided(settings, least)
        ledger.kill()
        ledger.start()
    await loading
    recorded_once(await all_decided(settings, running), 8_000)
    await lawful(settings)


async def test_frozen_past_its_session_and_thawed(
    settings: Settings, published: None, running: Running, tmp_path: Path
) -> None:
    frozen = running.start("ledger")
    loading = asyncio.create_task(send(settings, demands(4_000)))
    await some_decided(settings, 300)
    frozen.freeze()
    await loading
    running.start("ledger", wait=False, HUIYIN_DATA=str(tmp_path / "second"))
    expected = await asked(settings)
    while len(await counted(settings)) < expected:
        await asyncio.sleep(0.2)
    frozen.thaw()
    await send(settings, demands(1_000, start=4_000))
    recorded_once(await all_decided(settings, running), 5_000)
    await lawful(settings)


async def test_two_ledgers_share_the_partitions_and_one_takes_over(
    settings: Settings, published: None, running: Running, tmp_path: Path
) -> None:
    first = running.start("ledger", HUIYIN_DATA=str(tmp_path / "first"))
    running.start("ledger", wait=False, HUIYIN_DATA=str(tmp_path / "second"))
    await send(settings, demands(1_000))
    await some_decided(settings, 500)
    first.kill()
    await send(settings, demands(1_000, start=1_000))
    recorded_once(await all_decided(settings, running), 2_000)
    await lawful(settings)


@pytest.mark.parametrize("lost", ["all", "old"])
async def test_a_lost_or_older_store_is_made_again_from_the_topic(
    settings: Settings, published: None, running: Running, lost: str, tmp_path: Path
) -> None:
    ledger = running.start("ledger")
    await send(settings, demands(200))
    await all_decided(settings, running)
    ledger.stop()
    store, aside = settings.data / "ledger", tmp_path / "aside"
    shutil.copytree(store, aside)
    ledger.start()
    await send(settings, demands(200, start=200))
    await all_decided(settings, running)
    ledger.stop()
    shutil.rmtree(store)
    if lost == "old":
        shutil.copytree(aside, store)
    ledger.start()
    again = Story(policies=[])
    await send(settings, [again.command(Accept(), ticket="t-1"), again.command(Accept(), ticket="t-399")])
    entries = await all_decided(settings, running)
    assert [(e.version, len(e.events)) for e in entries if e.ticket in ("t-1", "t-399")] == [
        (1, 1),
        (2, 1),
    ] * 2


async def test_a_store_of_another_topic_is_not_believed(
    settings: Settings, published: None, running: Running
) -> None:
    ledger = running.start("ledger")
    await send(settings, demands(100))
    await all_decided(settings, running)
    ledger.stop()
    moved = settings.data / "ledger"
    for partition in (0, 1):
        (moved / str(partition)).rename(moved / f"{partition}-aside")
    (moved / "0-aside").rename(moved / "1")
    (moved / "1-aside").rename(moved / "0")
    ledger.start()
    await send(settings, demands(100, start=100))
    recorded_once(await all_decided(settings, running), 200)


async def test_another_writer_ends_the_process(settings: Settings, published: None, running: Running) -> None:
    ledger = running.start("ledger")
    await send(settings, demands(40))
    await all_decided(settings, running)
    intruder = producer(settings)
    await intruder.start()
    for partition in range(settings.partitions):
        await intruder.send_and_wait(settings.topic(EVENTS), b"{}", partition=partition)
    await intruder.stop()
    await send(settings, demands(40, start=40))
    while not ledger.ended:
        await asyncio.sleep(0.05)
    assert ledger.process.returncode == FATAL
    recorded_once(await all_decided(settings, running), 80)


async def test_bytes_nobody_can_read_go_to_the_dead_letters_and_the_ledger_goes_on(
    settings: Settings, published: None, running: Running
) -> None:
    running.start("ledger")
    sender = producer(settings)
    await sender.start()
    await sender.send_and_wait(settings.topic(COMMANDS), b"\xff not json", key=b"t-x", partition=2)
    await sender.stop()
    await send(settings, demands(20))
    entries = await all_decided(settings, running)
    assert [e.undecodable for e in entries if e.undecodable] == [sha256(b"\xff not json").hexdigest()]
    buried = [record async for records in read(settings, DEAD_LETTERS, 0, 0) for record in records]
    assert [record.value for record in buried] == [b"\xff not json"]
    offset = dict(buried[0].headers)["origin"].decode().rsplit("/", 1)
    assert offset[0] == f"{settings.topic(COMMANDS)}/2"


async def test_an_entry_that_would_pass_the_limit_is_a_refusal_with_the_digest_and_the_ledger_goes_on(
    settings: Settings, published: None, running: Running
) -> None:
    """Rules that leave out what may be left out: the command is lawful in size, and its event names everything."""
    written = write(publish(document(terms(), version=2)))
    start, end = written.index(b'"rules":[') + len(b'"rules":['), written.index(b'],"unit_clock_from"')
    value = written[:start] + b",".join([b'{"terms":{"citizen":"1d"}}'] * 9_500) + written[end:]
    assert len(value) < COMMAND_LIMIT
    running.start("ledger")
    sender = producer(settings)
    await sender.start()
    await sender.send_and_wait(settings.topic(COMMANDS), value, key=b"policy/sample/terms", partition=2)
    await sender.stop()
    await send(settings, demands(20))
    entries = await all_decided(settings, running)
    (refused,) = [e for e in entries if e.refusal]
    assert refused.refusal is not None
    assert refused.refusal.code == "entry_too_large"
    assert sha256(value).hexdigest() in refused.refusal.en
    recorded_once(entries, 20)
    await lawful(settings)
