"""Keeps child processes running, as compose and Kubernetes would: what ends itself is started again."""

import asyncio
import time
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, SIGTERM

from deploy.local.processes import GRACE, bound_to_us, signal_group

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0
"""Seconds before a child is started again; each pause is double the one before."""
STEADY = 10.0
"""Seconds after which a child counts as running well, and its next pause is the first again."""


@dataclass(frozen=True, slots=True)
class Child:
    """A command to keep running. Its output goes to ``<name>.log``."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path


class Supervisor:
    """Children in their order of starting; each has a process group of its own, so that none is orphaned."""

    def __init__(self, logs: Path) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._kept: list[asyncio.Task[None]] = []

    def start(self, child: Child) -> None:
        """Starts a child and keeps it running until ``stop``."""
        self._kept.append(asyncio.create_task(self._keep(child), name=child.name))

    async def stop(self) -> None:
        """Ends all children, the last started first, and waits for each."""
        while self._kept:
            task = self._kept.pop()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _keep(self, child: Child) -> None:
        pause = FIRST_PAUSE
        while True:
            started = time.monotonic()
            status = await self._run(child)
            pause = FIRST_PAUSE if time.monotonic() - started > STEADY else pause
            self._note(child, f"{child.name} ended with status {status}; starting it again in {pause} s")
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _run(self, child: Child) -> int:
        with self._log(child).open("ab") as out:
            process = await asyncio.create_subprocess_exec(
                *bound_to_us(child.command),
                stdin=DEVNULL,
                stdout=out,
                stderr=STDOUT,
                env=child.environment,
                cwd=child.folder,
                start_new_session=True,
            )
        try:
            return await process.wait()
        finally:
            await _end(process)

    def _note(self, child: Child, words: str) -> None:
        with self._log(child).open("a") as log:
            log.write(f"-- {words}\n")

    def _log(self, child: Child) -> Path:
        return self._logs / f"{child.name}.log"


async def _end(process: Process) -> None:
    """Ends what still runs of the process's group, also what it left behind when it ended itself."""
    if process.returncode is None:
        signal_group(process.pid, SIGTERM)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), GRACE)
    signal_group(process.pid, SIGKILL)
    await process.wait()
