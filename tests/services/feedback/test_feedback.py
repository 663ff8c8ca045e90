"""The feedback service as a process: real Kafka, Postgres and ledger, and a city platform that listens."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import asyncpg
import pytest

from shared.entry import Entry
from shared.keys import Keyring
from shared.sealing import TicketKey
from shared.settings import Settings
from shared.ticket import commands as c
from shared.ticket import events as e
from shared.ticket.words import Reason
from tests.backup import brought_back, saved
from tests.lawful import lawful
from tests.live import Live, events, live, refusals
from tests.running.services import Running, Service
from tests.sample import CIPHER, CONTACT, register

REPLY = "样例答复:水压已恢复。"


class Platform:
    """Notes what it is told; answers as ``answers`` says, one after another, and then 200."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, object]]] = []
        self.answers: list[int] = []
        self.address = ""

    def ids(self) -> list[str]:
        return [id for id, _ in self.heard]


@pytest.fixture
def platform() -> Iterator[Platform]:
    noted = Platform()
    with listening(noted):
        yield noted


@contextmanager
def listening(noted: Platform) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            noted.heard.append((self.headers["Idempotency-Key"], body))
            self.send_response(noted.answers.pop(0) if noted.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: the test reads ``heard``."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    noted.address = f"http://127.0.0.1:{server.server_port}/callback"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def accounts(platform: Platform, tmp_path: Path) -> str:
    """A file with one account, which reports to the platform."""
    file = tmp_path / "channels.yaml"
    file.write_text(
        "accounts:\n"
        "  - id: city\n    channel: hotline\n    jurisdiction: sample\n"
        "    keys: {k1: sample-secret-0123456789}\n"
        f"    report_to: {platform.address}\n",
        encoding="utf-8",
    )
    return str(file)


def start(running: Running, accounts: str) -> Service:
    """The ledger, sla, and feedback with the accounts; gives feedback."""
    running.start_all("ledger", "sla")
    return running.start("feedback", HUIYIN_CHANNELS=accounts)


async def key_of(settings: Settings, ticket: str) -> TicketKey:
    async with asyncpg.create_pool(settings.database, min_size=1, max_size=1) as pool:
        keyring = Keyring(pool, settings)
        await keyring.prepare()
        return await keyring.key(ticket)


async def sealed_reply(settings: Settings, ticket: str) -> c.Answer:
    key = await key_of(settings, ticket)
    return c.Answer(key.seal("reply", REPLY), key.seal("feedback", "样例"), solved=True)


async def answered_directly(log: Live, settings: Settings, ticket: str) -> None:
    """A ticket of which the platform is to hear a reply and the end."""
    answer = await sealed_reply(settings, ticket)
    await log.ask(ticket, register(ticket), c.AnswerDirectly(answer.reply))


async def through_the_loop(log: Live, settings: Settings, ticket: str) -> None:
    """From registration to a satisfied citizen, as dispatch, a unit and an operator would do it."""
    answer = await sealed_reply(settings, ticket)
    await log.ask(ticket, register(ticket))
    await log.until("the number's due moment", lambda all_: (ticket, "citizen") in due(all_))
    because = Reason("water_anywhere", 1)
    steps = c.Assign("water", because), c.Sign(), CONTACT, answer, c.Approve(), c.RecordSurvey("satisfied")
    await log.ask(ticket, *steps)


def due(entries: list[Entry]) -> set[tuple[str, str]]:
    return {(ticket, event.clock) for ticket, event in events(entries, e.DeadlineSet)}


PURPOSES = ["number", "reply", "survey", "ended"]


async def test_the_platform_hears_number_reply_survey_and_end_in_this_order_and_each_is_recorded(
    running: Running, settings: Settings, platform: Platform, accounts: str
) -> None:
    start(running, accounts)
    async with live(settings) as log:
        await log.publish()
        await through_the_loop(log, settings, "ticket-1")
        entries = await log.until("four deliveries", lambda all_: len(events(all_, e.Delivered)) == 4)
    assert [event.purpose for _, event in events(entries, e.Delivered)] == PURPOSES
    assert len(platform.heard) == 4
    assert REPLY in json.dumps(platform.heard[1][1], ensure_ascii=False)
    code = (await key_of(settings, "ticket-1")).query_code()
    assert [body.get("queryCode") for _, body in platform.heard] == [code, None, None, None]
    assert refusals(entries, "feedback") == []


async def test_a_platform_that_is_away_for_a_while_hears_everything_once_in_order_under_the_same_ids(
    running: Running, settings: Settings, platform: Platform, accounts: str
) -> None:
    platform.answers = [503, 503, 429]
    start(running, accounts)
    async with live(settings) as log:
        await log.publish()
        await through_the_loop(log, settings, "ticket-1")
        entries = await log.until("four deliveries", lambda all_: len(events(all_, e.Delivered)) == 4)
    delivered = [event for _, event in events(entries, e.Delivered)]
    assert [(event.purpose, event.tries) for event in delivered] == list(
        zip(PURPOSES, [4, 1, 1, 1], strict=True)
    )
    assert len(set(platform.ids()[:4])) == 1
    assert len(set(platform.ids())) == 4


async def test_a_report_that_the_platform_refuses_for_good_is_a_failure_that_people_see_and_the_next_goes_out(
    running: Running, settings: Settings, platform: Platform, accounts: str
) -> None:
    platform.answers = [404]
    start(running, accounts)
    async with live(settings) as log:
        await log.publish()
        await through_the_loop(log, settings, "ticket-1")
        entries = await log.until("three deliveries", lambda all_: len(events(all_, e.Delivered)) == 3)
    assert events(entries, e.DeliveryFailed) == [("ticket-1", e.DeliveryFailed("number", 1, 1, "http 404"))]
    connection = await asyncpg.connect(settings.database)
    waiting = await connection.fetch("SELECT purpose, state, because FROM feedback.deliveries")
    await connection.close()
    assert [tuple(row) for row in waiting] == [("number", "failed", "http 404")]


async def test_a_report_through_an_account_that_is_gone_is_a_failure_that_people_see(
    running: Running, settings: Settings, accounts: str
) -> None:
    running.start("ledger")
    running.start("feedback", HUIYIN_CHANNELS=accounts)
    async with live(settings) as log:
        await log.publish()
        await log.ask("ticket-1", register("A1", account="gone"), c.AnswerDirectly(CIPHER))
        entries = await log.until("two failures", lambda all_: len(events(all_, e.DeliveryFailed)) == 2)
    assert events(entries, e.DeliveryFailed) == [
        ("ticket-1", e.DeliveryFailed(purpose, 1, 1, "no_account")) for purpose in ("reply", "ended")
    ]
    connection = await asyncpg.connect(settings.database)
    kept = await connection.fetch("SELECT purpose, state, because FROM feedback.deliveries ORDER BY seq")
    await connection.close()
    assert [tuple(row) for row in kept] == [(p, "failed", "no_account") for p in ("reply", "ended")]


async def test_a_killed_service_tells_nothing_twice_under_another_id_and_leaves_nothing_out(
    running: Running, settings: Settings, platform: Platform, accounts: str
) -> None:
    feedback = start(running, accounts)
    tickets = [f"ticket-{number}" for number in range(12)]
    async with live(settings) as log:
        await log.publish()
        for ticket in tickets:
            await through_the_loop(log, settings, ticket)
            if ticket in tickets[3::4]:
                feedback.kill()
                feedback.start()
        entries = await log.until("48 deliveries", lambda all_: len(events(all_, e.Delivered)) == 48)
    told = [(ticket, event.purpose) for ticket, event in events(entries, e.Delivered)]
    assert sorted(told) == sorted((ticket, purpose) for ticket in tickets for purpose in PURPOSES)
    assert len(set(platform.ids())) == 48


async def test_postgres_brought_back_from_an_older_backup_tells_nothing_a_second_time(
    running: Running, settings: Settings, platform: Platform, accounts: str
) -> None:
    """What the backup had not yet told, and what it had never heard of, was told after it: the record says so."""
    running.start("ledger")
    feedback = running.start("feedback", HUIYIN_CHANNELS=accounts)
    async with live(settings) as log:
        await log.publish()
        platform.answers = [503, 503, 503]
        await answered_directly(log, settings, "waiting")
        while not platform.heard:
            await asyncio.sleep(0.01)
        feedback.freeze()
        backup = await saved(settings, "feedback")
        feedback.thaw()
        await answered_directly(log, settings, "unheard-of")
        await log.until("four deliveries", lambda all_: len(events(all_, e.Delivered)) == 4)
        feedback.kill()
        await brought_back(settings, "feedback", backup)
        before = set(platform.ids())
        platform.heard.clear()
        feedback.start()
        await answered_directly(log, settings, "later")
        entries = await log.until("two more", lambda all_: len(events(all_, e.Delivered)) >= 6)
    assert [row["state"] for row in backup["deliveries"]] == ["waiting", "waiting"]
    assert len(before) == 4
    assert len(platform.ids()) == 2
    assert before.isdisjoint(platform.ids())
    told = [(ticket, event.purpose) for ticket, event in events(entries, e.Delivered)]
    tickets = "waiting", "unheard-of", "later"
    assert sorted(told) == sorted((ticket, purpose) for ticket in tickets for purpose in ("reply", "ended"))
    assert refusals(entries, "feedback") == []
    await lawful(settings)
