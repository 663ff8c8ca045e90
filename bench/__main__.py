"""Runs benchmarks, each on a system of its own, and prints their figures as JSON lines."""

import asyncio
import json
import os
import platform
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from bench import latency, ledger, lifecycle, live, memory, paint, readers, rebuild, sweep
from bench.figure import Figure

BENCHES: dict[str, Callable[[], Coroutine[Any, Any, list[Figure]]]] = {
    "ledger": ledger.bench,
    "rebuild": rebuild.bench,
    "latency": latency.bench,
    "sweep": sweep.bench,
    "lifecycle": lifecycle.bench,
    "live": live.bench,
    "memory": memory.bench,
    "paint": paint.bench,
    "readers": readers.bench,
}
VERSIONS = ("aiokafka", "faust-streaming", "fastapi", "asyncpg", "msgspec", "rocksdict")


def machine() -> dict[str, object]:
    """What ran it: cores, memory (GiB), processor, kernel, Python and package versions."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "memory_gib": memory_gib,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: version(name) for name in VERSIONS},
    }


def main(names: list[str]) -> int:
    """Run the named benches, or all; 2 for a name that is none."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no such bench: {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    for name in names or BENCHES:
        for figure in asyncio.run(BENCHES[name]()):
            print(json.dumps({**figure.line(), **machine()}, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
