"""One launcher at a time in a folder, and its process id for those who want to end it."""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


class AlreadyRunning(SystemExit):
    """A launcher runs in this folder. `make down` ends it."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Holds the folder's lock for the length of the block. Raises AlreadyRunning."""
    folder.mkdir(parents=True, exist_ok=True)
    with _opened(folder) as file:
        if not _taken(file):
            raise AlreadyRunning(f"Huiyin runs already (pid {_pid(file)}). End it with: make down")
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield


def holder(folder: Path) -> int | None:
    """The process id of the launcher that runs in this folder, if one does.

    The lock says so, not the number in the file, which another process may have by now.
    """
    if not (folder / "launcher.pid").exists():
        return None
    with _opened(folder) as file:
        return None if _taken(file) else _pid(file)


def end_holder(folder: Path, seconds: float) -> bool:
    """Asks the launcher to end and waits for it; False if it still runs after ``seconds``."""
    until = time.monotonic() + seconds
    pid = holder(folder)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
    while holder(folder) is not None:
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _opened(folder: Path) -> TextIO:
    return (folder / "launcher.pid").open("a+")


def _taken(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pid(file: TextIO) -> int:
    file.seek(0)
    return int(file.read() or 0)
