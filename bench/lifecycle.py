"""Whole lives over HTTP: push → assigned → sign → answer → approve → survey → the view shows closed; 16 clients."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.figure import Figure
from bench.ledger import all_decided, entries
from bench.people import CHANNEL, People, stamp
from bench.rebuild import all_projected
from bench.stock import life, register
from bench.system import UNITS, System, system, told

CLIENTS = 16
WARM_UP = 5.0
"""Seconds before counting begins."""
MEASURED = 30.0
STOCK = 100_000
"""Tickets laid in before the second figure, half of them open."""
SERVICES = ("ledger", "projector", "dispatch", "sla", "feedback", "intake", "console")


@asynccontextmanager
async def everything() -> AsyncIterator[tuple[System, People]]:
    """All services, the sample policies, and the people at their front doors."""
    async with system([CHANNEL]) as at:
        services = dict(zip(SERVICES, at.running.start_all(*SERVICES), strict=True))
        await at.publish()
        async with People(at, services["intake"].address, services["console"].address) as people:
            yield at, people


async def one_life(people: People, n: int, run: str) -> None:
    """A ticket from its channel to its end; fails if a step is not what it should be."""
    unit = n % UNITS
    pushed = await people.push(f"{run}-{n}", unit)
    ticket = str(pushed["ticket"])
    while (await people.ticket(ticket)).get("stage") != "assigned":
        await asyncio.sleep(0.1)
    name = f"unit_{unit}"
    answer = {"reply": "样例:已派人抢修,现已恢复供水。", "feedback": "样例:管道破裂,已更换。", "solved": True}
    for who, action, body in (
        (name, "sign", {}),
        (name, "answer", answer),
        ("operator", "approve", {}),
        ("operator", "survey", {"grade": "satisfied", "solved": True}),
    ):
        done = await people.act(who, ticket, action, body)
        if done["status"] != 200:
            raise RuntimeError(f"{action}: {done}")
    seen = await people.ticket(ticket, done["token"])
    if seen.get("stage") != "closed":
        raise RuntimeError(f"the view shows {seen.get('stage')}")


async def rate(people: People) -> float:
    """Lives a second over ``MEASURED`` seconds."""
    run, ended, started = stamp(), [0], [0]
    until = time.perf_counter() + WARM_UP + MEASURED

    async def client() -> None:
        while time.perf_counter() < until:
            started[0] += 1
            await one_life(people, started[0], run)
            ended[0] += 1

    clients = [asyncio.create_task(client()) for _ in range(CLIENTS)]
    await asyncio.sleep(WARM_UP)
    before = ended[0]
    await asyncio.sleep(MEASURED)
    counted = ended[0] - before
    await asyncio.gather(*clients)
    return counted / MEASURED


async def quiet(at: System) -> None:
    """Return once the reactors have said what they had to say of the stock, and the views hold it."""
    before = -1
    while (now := await entries(at)) != before:
        before = now
        await asyncio.sleep(5)
    await all_projected(at, now)


async def bench() -> list[Figure]:
    """On empty, then with the stock."""
    async with everything() as (at, people):
        empty = await rate(people)
        told(f"lifecycle: {empty:.1f}/s on empty")
        expected = await entries(at)
        expected += await at.lay(command for n in range(STOCK // 2) for command in life(n))
        expected += await at.lay(register(n) for n in range(STOCK // 2, STOCK))
        await all_decided(at, expected)
        await quiet(at)
        stocked = await rate(people)
    about = f"{CLIENTS} clients, 7 HTTP steps a life, everything and the load on one machine"
    return [
        Figure("lifecycle", empty, "/s", 80, f"{about}, on empty"),
        Figure("lifecycle_stocked", stocked, "/s", 0.9 * empty, f"{about}, {STOCK} tickets before"),
    ]
