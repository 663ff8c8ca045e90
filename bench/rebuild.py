"""Entries → all views, made again aside."""

import asyncio
import time

import asyncpg

from bench.figure import Figure
from bench.ledger import all_decided, entries
from bench.stock import life
from bench.system import System, system, told
from services.projector.rebuild import rebuild
from shared.garbage import collect_rarely

TICKETS = 20_000


async def projected(at: System) -> int:
    """Entries that the live views hold."""
    connection = await asyncpg.connect(at.settings.database)
    try:
        return int(await connection.fetchval("SELECT coalesce(sum(source + 1), 0) FROM views.positions"))
    finally:
        await connection.close()


async def all_projected(at: System, count: int) -> None:
    """Return once the views hold that many entries."""
    while await projected(at) < count:
        await asyncio.sleep(0.05)


async def bench() -> list[Figure]:
    """Fill the live views, then run what `huiyin rebuild` runs. The figure is of the replay; the comparison is told."""
    collect_rarely()
    async with system() as at:
        at.running.start_all("ledger", "projector")
        await at.publish()
        count = await entries(at) + await at.lay(command for n in range(TICKETS) for command in life(n))
        began = time.perf_counter()
        await all_decided(at, count)
        await all_projected(at, count)
        told(
            f"rebuild: live projection with the ledger beside it {count / (time.perf_counter() - began):.0f}/s"
        )
        outcome = await rebuild(at.settings)
        assert (outcome.entries, outcome.differ) == (count, 0)
    about = (
        f"{count} entries replayed from the record into six views;"
        f" comparing every row with the live ones took {outcome.compare_seconds:.1f} s more"
    )
    return [Figure("rebuild", count / outcome.replay_seconds, "/s", 12_000, about)]
