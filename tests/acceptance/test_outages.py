"""Kafka or Postgres away under the whole town: nothing accepted is lost, and nobody has to put anything right."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.local import postgres
from shared.kafka import create_topics
from shared.settings import Settings
from tests.acceptance.test_loop import at_stage, everything_seen, until, verify
from tests.acceptance.town import SERVICES, Town, order, town
from tests.running.broker import Broker

pytestmark = pytest.mark.timeout(500)

AWAY = 20.0
"""Seconds away: twice a consumer's session, and ten times intake's patience."""


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


def test_orders_taken_while_kafka_is_down_go_round_when_it_is_back(
    settings: Settings, broker: Broker, tmp_path: Path
) -> None:
    ours = settings.model_copy(update={"kafka": broker.address})
    asyncio.run(create_topics(ours))
    with town(ours, tmp_path) as whole:
        before = whole.push(order("A")).json()["results"][0]["ticket"]
        at_stage(whole, before, "assigned")
        broker.stop()
        down = time.monotonic()
        answer = whole.push(*(order(f"B{n}") for n in range(10)))
        assert answer.status_code == 202
        kept = [result["ticket"] for result in answer.json()["results"] if result["accepted"]]
        assert len(kept) == 10
        refused = whole.act("water", before, "sign")
        assert (refused.status_code, refused.json()["code"]) == (503, "kafka_away")
        time.sleep(max(0.0, AWAY - (time.monotonic() - down)))
        broker.start()
        ready_again(whole)
        for ticket in (kept[0], kept[-1]):
            at_stage(whole, ticket, "assigned")
        whole.done("water", before, "sign")
        until(lambda: len(whole.platform.told) == 11, "every number told once")
        everything_seen(whole)
        assert verify(ours)["differ"] == 0


def test_views_and_reactors_catch_up_by_themselves_when_postgres_is_back(
    settings: Settings, topics: str, tmp_path: Path
) -> None:
    folder = tmp_path / "postgres"
    ours = settings.model_copy(update={"database": postgres.start(folder)})
    try:
        with town(ours, tmp_path) as whole:
            before = whole.push(order("A")).json()["results"][0]["ticket"]
            at_stage(whole, before, "assigned")
            postgres.stop(folder)
            down = time.monotonic()
            refused = whole.push(order("B"))
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
            assert _ready(whole, "ledger")
            time.sleep(max(0.0, AWAY - (time.monotonic() - down)))
            postgres.start(folder)
            ready_again(whole)
            after = whole.push(order("B")).json()["results"][0]["ticket"]
            at_stage(whole, after, "assigned")
            whole.done("water", before, "sign")
            until(lambda: len(whole.platform.told) == 2, "both numbers told once")
            everything_seen(whole)
            assert verify(ours)["differ"] == 0
    finally:
        postgres.stop(folder)
