"""Services as real processes for a test: started, frozen, thawed, killed, and all ended with it."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from pydantic import SecretStr

from deploy.local import processes
from deploy.local.ports import LOOPBACK, free_port
from shared.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
READY = 60.0
"""Seconds within which a service must be ready; a minute covers a machine that is busy with other tests."""


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as the variables that ``read_settings`` reads in another process."""
    variables = {}
    for name, described in Settings.model_fields.items():
        value = getattr(settings, name)
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        if plain is not None:
            variables[str(described.validation_alias or f"HUIYIN_{name.upper()}")] = str(plain)
    return variables


@dataclass
class Service:
    """One process: the service it is, where it answers, and where its output goes."""

    name: str
    port: int
    log: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    @property
    def address(self) -> str:
        """Where it answers HTTP."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def ended(self) -> bool:
        """True once the process has ended, by itself or killed."""
        return self.process.poll() is not None

    def start(self) -> None:
        """Starts the process, also again after its end, on the same port."""
        command = [sys.executable, "-m", f"services.{self.name}.app"]
        self.process = processes.start(command, self.log, self.environment, ROOT)

    def wait_until_ready(self) -> None:
        """Returns once /readyz says 200. Raises AssertionError with the end of its output."""
        until = time.monotonic() + READY
        said = "no answer"
        while time.monotonic() < until and not self.ended:
            try:
                answer = httpx.get(f"{self.address}/readyz", timeout=2, trust_env=False)
            except httpx.HTTPError as error:
                said = repr(error)
            else:
                if answer.status_code == httpx.codes.OK:
                    return
                said = answer.text
            time.sleep(0.05)
        how = f"ended with {self.process.returncode}" if self.ended else f"is not ready: {said}"
        raise AssertionError(f"{self.name} {how}\n{processes.tail(self.log, 40)}")

    def kill(self) -> None:
        """Ends the process as a power cut would (SIGKILL), and waits until it is gone."""
        processes.signal_group(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def freeze(self) -> None:
        """Stops the process where it is (SIGSTOP): it holds what it holds and answers nobody."""
        processes.signal_group(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets a frozen process go on, as if no time had passed for it."""
        processes.signal_group(self.process.pid, signal.SIGCONT)

    def stop(self) -> None:
        """Ends the process politely, a frozen one too."""
        self.thaw()
        processes.stop(self.process)


class Running:
    """The processes of a test; at the end of the block all are stopped, the last started first."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._all: list[Service] = []

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        for service in reversed(self._all):
            service.stop()

    def start(self, name: str, wait: bool = True, **variables: str) -> Service:
        """Starts a service with the test's settings on a free port; ``variables`` add to its environment.

        A second start of a name is a second process of that service. With ``wait``, returns once it is ready.
        """
        port = free_port()
        log = self._folder / f"{name}-{len(self._all)}.log"
        surroundings = {**os.environ, **environment_of(self._settings), "HUIYIN_PORT": str(port), **variables}
        service = Service(name, port, log, surroundings)
        self._all.append(service)
        if wait:
            service.wait_until_ready()
        return service

    def start_all(self, *names: str) -> list[Service]:
        """Starts services at once and returns when every one is ready, in the order of the names."""
        started = [self.start(name, wait=False) for name in names]
        for service in started:
            service.wait_until_ready()
        return started

    def revive(self) -> None:
        """Starts again what has ended, as a supervisor does; call it in a loop that waits for a condition."""
        for service in self._all:
            if service.ended:
                service.start()
