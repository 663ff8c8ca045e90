"""Reactors that are killed, frozen and thawed while tickets pour in: each ticket is dispatched, and once."""

import asyncio
import random
from collections import Counter

import asyncpg

from shared.settings import Settings
from shared.ticket import events as e
from tests.live import events, live, refusals
from tests.running.services import Running
from tests.sample import register

TICKETS = [f"ticket-{number}" for number in range(300)]


async def test_a_worker_killed_at_any_moment_of_the_load_loses_no_ticket_and_assigns_none_twice(
    running: Running, settings: Settings
) -> None:
    _, dispatch = running.start_all("ledger", "dispatch")
    chance = random.Random(20260302)  # noqa: S311
    async with live(settings) as log:
        await log.publish()
        for ticket in TICKETS:
            await log.ask(ticket, register(ticket))
            if ticket in TICKETS[40::50]:
                await asyncio.to_thread(dispatch.wait_until_ready)
                await asyncio.sleep(chance.random() / 10)
                dispatch.kill()
                dispatch.start()
        entries = await log.until("all assigned", lambda all_: len(events(all_, e.Assigned)) >= len(TICKETS))
    assert Counter(ticket for ticket, _ in events(entries, e.Assigned)) == dict.fromkeys(TICKETS, 1)
    assert refusals(entries, "dispatch") == []
    assert await loads(settings) == {"w1": 150, "w2": 150}


async def test_a_worker_frozen_past_its_session_and_thawed_does_nothing_a_second_time(
    running: Running, settings: Settings
) -> None:
    running.start("ledger")
    frozen, other = running.start_all("dispatch", "dispatch")
    async with live(settings) as log:
        await log.publish()
        for ticket in TICKETS[:50]:
            await log.ask(ticket, register(ticket))
        frozen.freeze()
        for ticket in TICKETS[50:100]:
            await log.ask(ticket, register(ticket))
        await log.until("the other took over", lambda all_: len(events(all_, e.Assigned)) >= 100)
        frozen.thaw()
        for ticket in TICKETS[100:150]:
            await log.ask(ticket, register(ticket))
        entries = await log.until("the rest", lambda all_: len(events(all_, e.Assigned)) >= 150)
    assert Counter(ticket for ticket, _ in events(entries, e.Assigned)) == dict.fromkeys(TICKETS[:150], 1)
    assert refusals(entries, "dispatch") == []
    assert sum((await loads(settings)).values()) == 150
    assert not other.ended


async def loads(settings: Settings) -> dict[str, int]:
    """Open tickets by handler, as dispatch counts them."""
    connection = await asyncpg.connect(settings.database)
    rows = await connection.fetch(
        "SELECT handler, sum(open)::int AS open FROM dispatch.loads GROUP BY handler"
    )
    await connection.close()
    return {row["handler"]: row["open"] for row in rows}
