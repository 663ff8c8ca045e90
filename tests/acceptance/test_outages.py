"""Kafka or Postgres away under the whole town: nothing accepted is lost, and nobody has to put anything right."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from deploy.local import postgres
from shared.entry import Entry
from shared.kafka import create_topics
from shared.policy.record import publish
from shared.policy.terms import TermsRule, When
from shared.settings import Settings
from shared.ticket import commands as c
from shared.ticket import events as e
from shared.ticket.words import Actor
from tests.acceptance.test_loop import at_stage, everything_seen, until, verify
from tests.acceptance.town import SERVICES, Town, order, town
from tests.live import events, live
from tests.running.broker import Broker
from tests.sample import document, terms

pytestmark = pytest.mark.timeout(500)

AWAY = 60.0
"""Seconds away: past a consumer's session, the 30 s after which sla asks again, and a producer's request time-out."""
LATE = 45.0
"""Seconds after which whatever waits has given up at least once: 40 s are the longest that a client waits."""
URGENT = TermsRule({"citizen": "1min"}, When(urgency=("urgent",)))


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path / "broker")
    yield made
    made.stop()


def ready_again(whole: Town) -> None:
    """Every service is ready, those that ended started again as their supervisor would."""

    def all_ready() -> bool:
        whole.running.revive()
        return all(_ready(whole, name) for name in SERVICES)

    until(all_ready, "every service ready")


def _ready(whole: Town, name: str) -> bool:
    try:
        return whole.http.get(f"{whole.services[name].address}/readyz").status_code == 200
    except httpx.HTTPError:
        return False


def called_to_be_due_in(whole: Town, seconds: float) -> str:
    """An urgent call of which so much of its minute is left; its ticket, once its deadline runs."""
    rules = replace(terms(), rules=(URGENT, *terms().rules))
    asyncio.run(publish(whole.settings, [document(rules, version=2)], Actor("test", "service")))
    called = datetime.now(UTC) - timedelta(seconds=60 - seconds)
    answer = whole.push(order("URGENT", urgency="紧急", acceptedAt=called.isoformat()))
    ticket: str = answer.json()["results"][0]["ticket"]
    until(lambda: _deadlines(whole, ticket), "the deadline")
    return ticket


def _deadlines(whole: Town, ticket: str) -> list[str]:
    address = f"{whole.services['console'].address}/api/tickets/{ticket}/deadlines"
    answer = whole.http.get(address, headers={"Authorization": f"Bearer {whole.tokens['operator']}"})
    return [row["status"] for row in answer.json()["deadlines"]] if answer.status_code == 200 else []


def wait_until(seconds: float, since: float) -> None:
    """Until so long after a moment of the monotonic clock."""
    time.sleep(max(0.0, since + seconds - time.monotonic()))


async def signed(settings: Settings, ticket: str) -> None:
    """Its unit signs for a ticket by a command in the topic, and the ledger decides it."""
    async with live(settings) as log:
        await log.ask(ticket, c.Sign())
        await log.until("the signature", lambda all_: ticket in dict(events(all_, e.Signed)))


async def entries_of(settings: Settings) -> list[Entry]:
    async with live(settings) as log:
        return await log.all()


def test_orders_taken_while_kafka_is_down_go_round_when_it_is_back(
    settings: Settings, broker: Broker, tmp_path: Path
) -> None:
    ours = settings.model_copy(update={"kafka": broker.address})
    asyncio.run(create_topics(ours))
    with town(ours, tmp_path) as whole:
        whole.platform.failing = 1_000
        before = whole.push(order("A")).json()["results"][0]["ticket"]
        at_stage(whole, before, "assigned")
        until(lambda: whole.platform.calls, "the first try to tell the number")
        urgent = called_to_be_due_in(whole, 25)
        assert _deadlines(whole, urgent) == ["running"]
        broker.stop()
        down = time.monotonic()
        whole.platform.failing = 0
        kept = accepted(whole.push(*(order(f"B{n}") for n in range(10))))
        refused = whole.act("water", before, "sign")
        assert (refused.status_code, refused.json()["code"]) == (503, "kafka_away")
        until(lambda: whole.platform.of("A") == ["number:1"], "the number told without Kafka")
        wait_until(LATE, down)
        kept += accepted(whole.push(order("B0", content="样例:仍未恢复。"), order("C")))
        wait_until(AWAY, down)
        broker.start()
        ready_again(whole)
        for ticket in (kept[0], kept[-1]):
            at_stage(whole, ticket, "assigned")
        whole.done("water", before, "sign")
        until(lambda: _deadlines(whole, urgent) == ["missed"], "the miss")
        until(lambda: len(whole.platform.told) == 13, "every number told once")
        everything_seen(whole)
        entries = asyncio.run(entries_of(ours))
        resent = [type(event) for entry in entries if entry.ticket == kept[0] for event in entry.events]
        assert resent.index(e.Registered) < resent.index(e.Supplemented)
        assert Counter(ticket for ticket, _ in events(entries, e.DeadlineMissed)) == {urgent: 1}
        tickets = {before, urgent, *kept}
        assert Counter(ticket for ticket, _ in events(entries, e.Delivered)) == dict.fromkeys(tickets, 1)
        assert verify(ours)["differ"] == 0


def accepted(answer: httpx.Response) -> list[str]:
    """The tickets of a push that is kept for later, all of it."""
    assert answer.status_code == 202
    assert all(result["accepted"] for result in answer.json()["results"])
    return [result["ticket"] for result in answer.json()["results"]]


def test_views_and_reactors_catch_up_by_themselves_when_postgres_is_back(
    settings: Settings, topics: str, tmp_path: Path
) -> None:
    folder = tmp_path / "postgres"
    ours = settings.model_copy(update={"database": postgres.start(folder)})
    try:
        with town(ours, tmp_path) as whole:
            ledger = whole.services["ledger"].process
            before = whole.push(order("A")).json()["results"][0]["ticket"]
            at_stage(whole, before, "assigned")
            urgent = called_to_be_due_in(whole, 25)
            assert _deadlines(whole, urgent) == ["running"]
            postgres.stop(folder)
            down = time.monotonic()
            turned_away(whole.push(order("B")))
            wait_until(LATE, down)
            turned_away(whole.push(order("B")))
            asyncio.run(signed(ours, before))
            assert _ready(whole, "ledger")
            wait_until(AWAY, down)
            postgres.start(folder)
            ready_again(whole)
            at_stage(whole, before, "signed")
            after = whole.push(order("B")).json()["results"][0]["ticket"]
            at_stage(whole, after, "assigned")
            until(lambda: _deadlines(whole, urgent) == ["missed"], "the miss")
            until(lambda: len(whole.platform.told) == 3, "every number told once")
            everything_seen(whole)
            entries = asyncio.run(entries_of(ours))
            assert Counter(ticket for ticket, _ in events(entries, e.DeadlineMissed)) == {urgent: 1}
            assert whole.services["ledger"].process is ledger
            assert verify(ours)["differ"] == 0
    finally:
        postgres.stop(folder)


def turned_away(answer: httpx.Response) -> None:
    """Nothing is accepted that cannot be sealed: the channel is to come again."""
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
