"""The ledger's memory after 200,000 closed tickets."""

from pathlib import Path

from bench.figure import Figure
from bench.ledger import all_decided, entries
from bench.stock import life
from bench.system import system, told

TICKETS = 200_000
PART = 20_000


def resident_mb(pid: int) -> float:
    """The process's resident memory, MB (10^6 bytes)."""
    status = Path(f"/proc/{pid}/status").read_text()
    kib = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return kib * 1024 / 1e6


async def bench() -> list[Figure]:
    """Whole lives, one part after the other, through one ledger process."""
    async with system() as at:
        ledger = at.running.start("ledger")
        await at.publish()
        expected = await entries(at)
        for start in range(0, TICKETS, PART):
            expected += await at.lay(command for n in range(start, start + PART) for command in life(n))
            await all_decided(at, expected)
            told(f"memory: {start + PART} closed, {resident_mb(ledger.process.pid):.0f} MB")
        resident = resident_mb(ledger.process.pid)
    return [Figure("memory", resident, "MB", 400, f"resident after {TICKETS} closed tickets", at_most=True)]
