"""Command accepted → row changed in every other browser, with many pages open."""

import asyncio
import re
import time
from collections.abc import AsyncIterable
from contextlib import AsyncExitStack
from http.cookies import SimpleCookie

import aiohttp

from bench.figure import Figure, percentile
from bench.lifecycle import everything
from bench.people import People, stamp
from bench.readers import PASSWORD
from bench.system import JURISDICTION, UNITS, System, told
from services.console import cursors
from services.console.live.streams import EACH
from services.console.pages.inside import COOKIE, csrf_from
from services.console.people.accounts import Account, Accounts
from services.console.people.logins import Logins
from shared.postgres import open_pool

STREAMS = 200
TICKETS = 20
"""Rows that every one of the pages shows."""
PER_SECOND = 10
COUNT = 300
ROW = re.compile(r"#ticket-([0-9a-f-]{36})")
PATIENCE = 30.0
"""Seconds after the last command within which every page must have heard of all."""


class Page:
    """A page with its stream: when it got which row, as of which place in the record."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, cursors.Read, set[str]]] = []
        self.opened = asyncio.Event()

    async def follow(self, lines: AsyncIterable[bytes], partitions: int) -> None:
        """Read until cancelled."""
        place, rows = "", set[str]()
        async for raw in lines:
            line = raw.decode()
            if line.startswith("id: "):
                place = line[4:].strip()
            elif not line.strip():
                self.opened.set()
                if rows:
                    self.heard.append((time.perf_counter(), cursors.read(place, partitions), rows))
                rows = set()
            rows.update(ROW.findall(line))

    def seconds(self, ticket: str, token: str, accepted: float) -> float | None:
        """From the command's acceptance to the row that has it; None while it was not heard."""
        partition, _, source = token.partition(":")
        for at, place, rows in self.heard:
            if ticket in rows and place[int(partition)] >= int(source):
                return at - accepted
        return None


async def bench(streams: int = STREAMS, count: int = COUNT) -> list[Figure]:
    """Amend tickets that every page shows, and see when each page gets the row."""
    async with everything() as (at, people), AsyncExitStack() as stack:
        tickets = await _tickets(people)
        pages = await _opened(stack, at, people.console, tickets, streams)
        sent = await _written(people, tickets, count)
        seconds = await _arrivals(pages, sent)
    told(f"live: slowest {max(seconds) * 1000:.0f} ms")
    about = f"{count} commands at {PER_SECOND}/s, each shown on {streams} open pages, all services running"
    return [Figure("live_row_p95", percentile(seconds, 0.95) * 1000, "ms", 1_000, about, at_most=True)]


async def _tickets(people: People) -> list[str]:
    run = stamp()
    pushed = [str((await people.push(f"{run}-{n}", n % UNITS))["ticket"]) for n in range(TICKETS)]
    for ticket in pushed:
        while (await people.ticket(ticket)).get("stage") != "assigned":
            await asyncio.sleep(0.05)
    return pushed


async def _opened(
    stack: AsyncExitStack, at: System, address: str, tickets: list[str], count: int
) -> list[Page]:
    """So many pages, as many a person as one may have; cancelled and closed with the stack."""
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None)
    )
    await stack.enter_async_context(session)
    pages: list[Page] = []
    for token in await _logins(at, -(-count // EACH)):
        for _ in range(min(EACH, count - len(pages))):
            cookies = SimpleCookie({COOKIE: token})
            form = {"_csrf": csrf_from(token), "tickets": " ".join(tickets), "since": ""}
            stream = session.post(f"{address}/live", data=form, cookies=cookies)
            answer = await stack.enter_async_context(stream)
            assert answer.status == 200
            page = Page()
            task = asyncio.create_task(page.follow(answer.content, at.settings.partitions))
            stack.callback(task.cancel)
            pages.append(page)
    await asyncio.gather(*[page.opened.wait() for page in pages])
    return pages


async def _logins(at: System, people: int) -> list[str]:
    pool = await open_pool(at.settings, 2)
    accounts, logins = Accounts(pool), Logins(pool)
    await logins.prepare()
    tokens = []
    for n in range(people):
        await accounts.add(Account(f"looker_{n}", "operator", JURISDICTION))
        await logins.set_password(f"looker_{n}", PASSWORD)
        token = await logins.enter(f"looker_{n}", PASSWORD)
        assert token
        tokens.append(token)
    await pool.close()
    return tokens


async def _written(people: People, tickets: list[str], count: int) -> list[tuple[str, str, float]]:
    """Each command's ticket, token, and moment of acceptance."""
    sent, began = [], time.perf_counter()
    for n in range(count):
        await asyncio.sleep(max(0.0, began + n / PER_SECOND - time.perf_counter()))
        ticket = tickets[n % len(tickets)]
        answer = await people.act("operator", ticket, "amend", {"text": f"样例补充{n}"}, wait=False)
        sent.append((ticket, str(answer["token"]), time.perf_counter()))
    return sent


async def _arrivals(pages: list[Page], sent: list[tuple[str, str, float]]) -> list[float]:
    """The seconds of every command to every page; AssertionError if a page never heard of one."""
    until = time.perf_counter() + PATIENCE
    last = sent[-1]
    while any(page.seconds(*last) is None for page in pages) and time.perf_counter() < until:
        await asyncio.sleep(0.1)
    took = [page.seconds(*one) for page in pages for one in sent]
    heard = [seconds for seconds in took if seconds is not None]
    assert len(heard) == len(took), f"{len(took) - len(heard)} rows never came"
    return heard
