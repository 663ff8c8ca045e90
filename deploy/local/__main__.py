"""``python -m deploy.local up|down|status|run|demo``: the whole system on one machine (design §10).

Kafka and Postgres, first match: KAFKA_BOOTSTRAP_SERVERS / DATABASE_URL, else embedded.
"""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

from deploy.local import environment, lock, postgres, system
from deploy.local.processes import tail
from deploy.local.services import check_ports, services, unready, wait_until_ready

ENDING = 90.0
"""Seconds within which a launcher must have ended all that it started."""


class NotStarted(SystemExit):
    """The system did not come up. The message ends with what the launcher said."""


async def run(then: Sequence[str] = ()) -> int:
    """Runs everything in the foreground until SIGINT or SIGTERM, or until the command ``then`` has ended.

    Gives the command's exit status, 0 without one. Nothing that was started runs afterwards.
    """
    stopping = asyncio.create_task(_asked_to_stop())
    whole = asyncio.create_task(system.run(environment.home(), then))
    await asyncio.wait({stopping, whole}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    whole.cancel()
    try:
        return await whole
    except asyncio.CancelledError:
        return 0


def alone(then: Sequence[str] = ()) -> int:
    """``run`` as the only launcher of its folder. Raises AlreadyRunning, PortTaken."""
    with lock.held(environment.home()):
        check_ports()
        return asyncio.run(run(then))


def up() -> int:
    """Starts the system in the background; returns once all is ready. Raises NotStarted, NotReady."""
    folder = environment.home()
    if lock.holder(folder) is None:
        _launch()
    asyncio.run(wait_until_ready(system.READY))
    return status()


def down() -> int:
    """Ends the system that ``up`` or ``run`` started, and the Postgres that a killed launcher left."""
    folder = environment.home()
    if not lock.end_holder(folder, ENDING):
        print(
            f"The launcher (pid {lock.holder(folder)}) has not ended after {ENDING:.0f} s.", file=sys.stderr
        )
        return 1
    postgres.stop(folder / "postgres")
    environment.remove(folder)
    return 0


def status() -> int:
    """Prints each service with its address and whether it is ready. Gives 1 unless all are."""
    waiting = asyncio.run(unready())
    for service in services():
        print(f"{service.name:10} {service.address}  {'not ready' if service.name in waiting else 'ready'}")
    return 1 if waiting else 0


def demo() -> int:
    """``alone`` with the sample feed in front, until that ends or is interrupted."""
    return alone([sys.executable, "-m", "demo.play"])


async def _asked_to_stop() -> None:
    """Returns on the first SIGINT or SIGTERM."""
    asked, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    await asked.wait()


def _launch() -> None:
    """Starts ``run`` detached from this terminal; returns once it has told where all is."""
    folder = environment.home()
    log = folder / "logs" / "launcher.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    environment.remove(folder)
    with log.open("wb") as out:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "run"],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=environment.ROOT,
            start_new_session=True,
        )
    while not (folder / "environment").exists():
        if launcher.poll() is not None:
            raise NotStarted(f"Huiyin did not start:\n{tail(log)}")
        time.sleep(0.1)


COMMANDS = {"up": up, "down": down, "status": status, "run": alone, "demo": demo}

if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) == 2 else ""
    if asked not in COMMANDS:
        sys.exit(f"{__doc__}\nOne of: {', '.join(COMMANDS)}")
    sys.exit(COMMANDS[asked]())
