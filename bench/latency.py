"""Command accepted → visible in the view, at 50 a second."""

import asyncio
import time

from bench.figure import Figure, percentile
from bench.lifecycle import everything
from bench.people import People, stamp
from bench.system import UNITS, told

PER_SECOND = 50
COUNT = 1_500


async def bench() -> list[Figure]:
    """Amend a ticket (202), then read it with the answer's token until the view has it."""
    async with everything() as (_, people):
        tickets = await _tickets(people)
        await _measured(people, tickets, 200)
        seconds = await _measured(people, tickets, COUNT)
        told(f"latency: slowest {max(seconds) * 1000:.0f} ms")
    about = f"{COUNT} commands at {PER_SECOND}/s over HTTP, all services running"
    return [
        Figure("latency_p50", percentile(seconds, 0.5) * 1000, "ms", 40, about, at_most=True),
        Figure("latency_p99", percentile(seconds, 0.99) * 1000, "ms", 250, about, at_most=True),
    ]


async def _tickets(people: People) -> list[str]:
    run = stamp()
    pushed = [str((await people.push(f"{run}-{n}", n % UNITS))["ticket"]) for n in range(50)]
    for ticket in pushed:
        while (await people.ticket(ticket)).get("stage") != "assigned":
            await asyncio.sleep(0.05)
    return pushed


async def _measured(people: People, tickets: list[str], count: int) -> list[float]:
    seconds: list[float] = []

    async def one(ticket: str, text: str) -> None:
        sent = await people.act("operator", ticket, "amend", {"text": text}, wait=False)
        accepted = time.perf_counter()
        await people.ticket(ticket, str(sent["token"]))
        seconds.append(time.perf_counter() - accepted)

    tasks = []
    began = time.perf_counter()
    for n in range(count):
        await asyncio.sleep(max(0.0, began + n / PER_SECOND - time.perf_counter()))
        tasks.append(asyncio.create_task(one(tickets[n % len(tickets)], f"样例补充{n}")))
    await asyncio.gather(*tasks)
    return seconds
