"""Child processes that leave nothing behind: a group each, ended by their own id and never by a name."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

GRACE = 15.0
"""Seconds between the polite signal and the last one; a broker needs some to close its logs."""


def bound_to_us(command: Sequence[str]) -> list[str]:
    """The command so wrapped that the kernel ends it when the process that started it dies in any way."""
    return ["setpriv", "--pdeathsig", "TERM", *command]


def start(
    command: Sequence[str],
    log: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Starts a command in a process group of its own; what it prints is added to ``log``.

    environment, folder   None: those of this process
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        return subprocess.Popen(
            bound_to_us(command),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=None if environment is None else dict(environment),
            cwd=folder,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes], grace: float = GRACE) -> None:
    """Ends the process and its group: SIGTERM, after ``grace`` seconds SIGKILL. Waits for the end."""
    if process.poll() is not None:
        return
    signal_group(process.pid, signal.SIGTERM)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        signal_group(process.pid, signal.SIGKILL)
        process.wait()


def signal_group(pid: int, which: signal.Signals) -> None:
    """Sends a signal to the group that ``start`` made for this process; a group that is gone is no error."""
    try:
        os.killpg(pid, which)
    except ProcessLookupError:
        return


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log, for a message that says why something did not start."""
    if not log.exists():
        return "(no output)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
