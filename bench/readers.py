"""People who read pages while the record is written: how long the console takes, by what they ask for."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from urllib.parse import quote

import aiohttp

from bench.figure import Figure, percentile
from bench.ledger import all_decided, entries
from bench.past import MATTERS, STREETS, lay, supplements, ticket_of
from bench.people import stamp
from bench.rebuild import all_projected
from bench.system import JURISDICTION, UNITS, System, system, told
from services.console.people.accounts import Account, Accounts
from services.console.people.logins import Logins
from shared.kafka import producer, send_command
from shared.postgres import open_pool

TICKETS = 1_000_000
READERS = 16
WRITTEN = 100
"""Commands a second beside them."""
WARM_UP, MEASURED = 10.0, 90.0
"""Seconds; each reader asks once in every second of them."""
NO_ANSWER = 10_000.0
"""Milliseconds that an answer counts which is none, such as of a statement that was given up."""
WHO, PASSWORD = "reader_1", "bench password 1"
TARGETS = {"list": 100.0, "ticket": 80.0, "search": 200.0, "figure": 500.0, "as-of": 300.0}
"""Milliseconds that 95 of 100 answers may take at most."""

Ask = Callable[[Random], str]


def _quarter(random: Random) -> str:
    start = (datetime.now(UTC) - timedelta(days=random.randrange(90, 270))).date()
    return f"from={start}&to={start + timedelta(days=90)}"


def _sought(random: Random) -> str:
    """A word that every eighth title has, a house, a unit that had every sixteenth ticket, or a day's number."""
    house = f"{random.choice(STREETS)}{random.randrange(1, 97)}号"
    unit, day = f"样例单位{random.randrange(UNITS)}", f"{datetime.now(UTC):%Y%m%d}"
    return quote(random.choice((*MATTERS, house, unit, day)))


def asks(count: int) -> dict[str, tuple[Ask, ...]]:
    """The addresses of each kind, a fresh one each time."""

    def some(random: Random) -> str:
        return ticket_of(random.randrange(count))

    return {
        "list": (
            lambda _: "/tickets",
            lambda random: f"/tickets?demand={random.choice(('help', 'consult'))}",
            lambda _: "/tickets?stage=assigned",
            lambda _: "/queues/triage",
        ),
        "ticket": (lambda random: f"/tickets/{some(random)}",),
        "search": (lambda random: f"/search?q={_sought(random)}",),
        "figure": (lambda random: f"/figures?{_quarter(random)}",),
        "as-of": (lambda random: f"/tickets/{some(random)}/as-of",),
    }


async def bench(count: int = TICKETS) -> list[Figure]:
    """Seed through the record, then read and write at once."""
    async with system() as at:
        console = at.running.start_all("ledger", "projector", "console")[-1]
        await at.publish()
        await _seed(at, count)
        milliseconds = await _measured(at, console.address, asks(count))
    about = f"{count} tickets, {READERS} readers each asking once a second, {WRITTEN} commands/s written"
    return [
        Figure(
            f"page_{kind}_p95",
            percentile(some, 0.95),
            "ms",
            TARGETS[kind],
            f"{about}, {len(some)} asked",
            at_most=True,
        )
        for kind, some in milliseconds.items()
    ]


async def _seed(at: System, count: int) -> None:
    before, began = await entries(at), time.perf_counter()
    await lay(at, count)
    told(f"readers: {count} tickets laid in after {time.perf_counter() - began:.0f} s")
    await all_decided(at, before + count)
    await all_projected(at, before + count)
    pool = await open_pool(at.settings, 1, seconds=600)
    await pool.execute("VACUUM ANALYZE")
    await pool.close()
    told(f"readers: all in the views after {time.perf_counter() - began:.0f} s")


async def _measured(at: System, address: str, kinds: dict[str, tuple[Ask, ...]]) -> dict[str, list[float]]:
    stop, took = asyncio.Event(), defaultdict[str, list[float]](list)
    writing = asyncio.create_task(_write(at, stop))
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        await _log_in(at, session, address)
        began = time.perf_counter()
        readers = [_read(session, address, n, kinds, began, took) for n in range(READERS)]
        await asyncio.gather(*readers)
    stop.set()
    told(f"readers: {await writing / (time.perf_counter() - began):.0f} commands/s were written")
    return dict(took)


async def _read(
    session: aiohttp.ClientSession,
    address: str,
    reader: int,
    kinds: dict[str, tuple[Ask, ...]],
    began: float,
    took: dict[str, list[float]],
) -> None:
    """One reader: a question a second, one kind after the other."""
    random, names = Random(reader), list(kinds)
    for second in range(int(WARM_UP + MEASURED)):
        at = began + second + reader / READERS
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        kind = names[(second + reader) % len(names)]
        asked = random.choice(kinds[kind])(random)
        sent = time.perf_counter()
        async with session.get(address + asked, allow_redirects=False) as answer:
            await answer.read()
            told = answer.status == 200
        if second >= WARM_UP:
            took[kind].append((time.perf_counter() - sent) * 1000 if told else NO_ANSWER)


async def _write(at: System, stop: asyncio.Event) -> int:
    """Supplements to open tickets at ``WRITTEN`` a second, until told to stop; how many."""
    sender, sent, began = producer(at.settings), 0, time.perf_counter()
    await sender.start()
    try:
        for command in supplements(TICKETS, stamp()):
            await send_command(sender, at.settings, command, [])
            sent += 1
            await asyncio.sleep(max(0.0, began + sent / WRITTEN - time.perf_counter()))
            if stop.is_set():
                break
    finally:
        await sender.stop()
    return sent


async def _log_in(at: System, session: aiohttp.ClientSession, address: str) -> None:
    pool = await open_pool(at.settings, 1)
    await Accounts(pool).add(Account(WHO, "supervisor", JURISDICTION, None, (), "bench"))
    await Logins(pool).set_password(WHO, PASSWORD)
    await pool.close()
    async with session.post(f"{address}/login", data={"name": WHO, "password": PASSWORD}) as answer:
        answer.raise_for_status()
