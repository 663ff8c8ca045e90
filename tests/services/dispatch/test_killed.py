"""Dispatch killed, frozen and thawed in mid-load, or set back to a backup: each ticket is assigned, and once."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence

import asyncpg

from shared.entry import Entry
from shared.settings import Settings
from shared.ticket import events as e
from tests.backup import brought_back, saved
from tests.lawful import lawful
from tests.live import Live, events, live, refusals
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
    await lawful(settings)


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
    await lawful(settings)


async def test_postgres_brought_back_from_an_older_backup_assigns_no_ticket_a_second_time(
    running: Running, settings: Settings
) -> None:
    _, dispatch = running.start_all("ledger", "dispatch")
    async with live(settings) as log:
        await log.publish()
        await assigned(log, TICKETS[:30])
        backup = await saved(settings, "dispatch")
        await assigned(log, TICKETS[:60])
        dispatch.kill()
        await brought_back(settings, "dispatch", backup)
        dispatch.start()
        entries = await assigned(log, TICKETS[:90])
    given = events(entries, e.Assigned)
    assert Counter(ticket for ticket, _ in given) == dict.fromkeys(TICKETS[:90], 1)
    assert refusals(entries, "dispatch") == []
    assert await loads(settings) == Counter(event.handler for _, event in given)
    await lawful(settings)


async def assigned(log: Live, tickets: Sequence[str]) -> list[Entry]:
    """Register those of the tickets that are new, and wait until all are assigned; the record then."""
    known = {entry.ticket for entry in await log.all()}
    for ticket in tickets:
        if ticket not in known:
            await log.ask(ticket, register(ticket))
    return await log.until("all assigned", lambda all_: len(events(all_, e.Assigned)) >= len(tickets))


async def loads(settings: Settings) -> dict[str, int]:
    """Open tickets by handler, as dispatch counts them."""
    connection = await asyncpg.connect(settings.database)
    rows = await connection.fetch(
        "SELECT handler, sum(open)::int AS open FROM dispatch.loads GROUP BY handler"
    )
    await connection.close()
    return {row["handler"]: row["open"] for row in rows}
