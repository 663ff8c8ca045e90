"""Kafka or Postgres away: what was accepted is never lost, and nothing is accepted that cannot be sealed."""

import asyncio
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from deploy.local import postgres as embedded_postgres
from services.intake.delivery import PATIENCE
from shared.kafka import create_topics
from shared.settings import Settings
from shared.ticket.events import Registered, Supplemented
from tests.running.broker import Broker
from tests.running.services import Running
from tests.services.intake.conftest import (
    HOTLINE,
    WECHAT,
    Edge,
    publish_sample,
    recorded,
    started,
    until,
    with_accounts,
)

WECHAT_WAITS = 5.0
"""Seconds after which WeChat gives up on a push and tries again."""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path / "broker")
    yield made
    made.stop()


@pytest.fixture
def ours(settings: Settings, broker: Broker, tmp_path: Path) -> Settings:
    """Settings on the broker of this test, topics made and policies published."""
    made = with_accounts(settings.model_copy(update={"kafka": broker.address}), tmp_path)
    asyncio.run(create_topics(made))
    asyncio.run(publish_sample(made))
    return made


async def pushed(edge: Edge, number: str, text: str = "样例") -> httpx.Response:
    return await edge.push(HOTLINE.demand(number, text, at=datetime.now(UTC), nonce=uuid4().hex))


async def test_orders_pushed_while_kafka_is_frozen_are_kept_and_delivered_in_order(
    ours: Settings, broker: Broker, tmp_path: Path
) -> None:
    with started(ours, tmp_path) as (running, service):
        edge = Edge(service, ours)
        assert (await pushed(edge, "before")).status_code == 200
        broker.signal(signal.SIGSTOP)
        began = time.monotonic()
        assert (await edge.push(WECHAT.message("1", "样例", at=datetime.now(UTC)))).status_code == 200
        assert time.monotonic() - began < WECHAT_WAITS
        began = time.monotonic()
        kept = [await pushed(edge, "A", f"样例{n}") for n in range(3)]
        kept += [await pushed(edge, f"B{n}") for n in range(5)]
        assert time.monotonic() - began < PATIENCE * len(kept), "only the first push waits for Kafka"
        assert {answer.status_code for answer in kept} == {202}
        assert all(answer.json()["ticketNo"] is None for answer in kept)
        assert (await edge.http.get("/readyz")).status_code == 200
        assert await edge.metric("huiyin_intake_kafka_away") == 1
        broker.signal(signal.SIGCONT)
        await until(lambda: _registered(running, ours, 8))
        assert await _texts_of(ours, "A") == [Registered, Supplemented, Supplemented]
        await until(lambda: _is_zero(edge, "huiyin_intake_outbox"))
        assert (await pushed(edge, "after")).json()["ticketNo"] is not None
        await edge.http.aclose()


async def test_orders_pushed_while_kafka_is_down_survive_intake_s_own_death(
    ours: Settings, broker: Broker, tmp_path: Path
) -> None:
    with started(ours, tmp_path) as (running, service):
        edge = Edge(service, ours)
        await asyncio.to_thread(broker.stop)
        assert {(await pushed(edge, f"C{n}")).status_code for n in range(5)} == {202}
        service.kill()
        await asyncio.to_thread(service.start)
        await asyncio.to_thread(service.wait_until_ready)
        assert (await pushed(edge, "D")).status_code == 202
        await asyncio.to_thread(broker.start)
        await until(lambda: _registered(running, ours, 6))
        await edge.http.aclose()


async def test_without_postgres_nothing_is_accepted_and_a_retry_succeeds_when_it_is_back(
    settings: Settings, topics: str, tmp_path: Path
) -> None:
    folder = tmp_path / "postgres"
    url = await asyncio.to_thread(embedded_postgres.start, folder)
    ours = with_accounts(settings.model_copy(update={"database": url}), tmp_path)
    await publish_sample(ours)
    try:
        with started(ours, tmp_path) as (running, service):
            edge = Edge(service, ours)
            assert (await pushed(edge, "before")).status_code == 200
            await asyncio.to_thread(embedded_postgres.stop, folder)
            refused = await pushed(edge, "E")
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
            assert refused.json()["code"] == "not_available"
            await until(lambda: _has_status(edge, "/readyz", 503))
            await asyncio.to_thread(embedded_postgres.start, folder)
            await until(lambda: _has_status(edge, "/readyz", 200))
            assert (await pushed(edge, "E")).status_code in {200, 202}
            await until(lambda: _registered(running, ours, 2))
            await edge.http.aclose()
    finally:
        await asyncio.to_thread(embedded_postgres.stop, folder)


async def _registered(running: Running, settings: Settings, count: int) -> bool:
    """At least so many tickets are in the record; a ledger that ended is started again, as a supervisor would."""
    running.revive()
    events = [event for entry in await recorded(settings) for event in entry.events]
    return sum(isinstance(event, Registered) for event in events) >= count


async def _texts_of(settings: Settings, external_id: str) -> list[type]:
    """What happened to the ticket of that number, in the record's order."""
    entries = await recorded(settings)
    ticket = next(
        entry.ticket
        for entry in entries
        for event in entry.events
        if isinstance(event, Registered) and event.external_id == external_id
    )
    return [type(event) for entry in entries if entry.ticket == ticket for event in entry.events]


async def _is_zero(edge: Edge, metric: str) -> bool:
    return await edge.metric(metric) == 0


async def _has_status(edge: Edge, path: str, status: int) -> bool:
    return (await edge.http.get(path)).status_code == status
