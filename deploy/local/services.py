"""The services that run as processes of their own, and where each answers (design §9)."""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from deploy.local.ports import LOOPBACK, is_taken


class PortTaken(SystemExit):
    """Something else listens where a service must. Stop it, or set HUIYIN_FIRST_PORT."""


class NotReady(SystemExit):
    """Some services did not become ready in time. The message names each and where its output is."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service's name and its port on the loopback address."""

    name: str
    port: int

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def command(self) -> list[str]:
        """What runs it in the foreground."""
        return [sys.executable, "-m", f"services.{self.name}.app"]

    def environment(self, shared: Mapping[str, str]) -> dict[str, str]:
        """The environment that it is started with: the one of all services, and its port."""
        return {**os.environ, **shared, "HUIYIN_PORT": str(self.port)}


def services() -> list[Service]:
    """All services in the order of starting: whoever writes the record first, whoever lets people in last.

    The console gets ``HUIYIN_FIRST_PORT`` (8000), the others the ports after it.
    """
    first = int(os.environ.get("HUIYIN_FIRST_PORT", "8000"))
    by_port = ("console", "intake", "ledger", "dispatch", "sla", "feedback", "projector")
    by_start = ("ledger", "projector", "dispatch", "sla", "feedback", "intake", "console")
    return [Service(name, first + by_port.index(name)) for name in by_start]


def check_ports() -> None:
    """Raises PortTaken with every service whose port is in use."""
    taken = [f"{service.name} {service.port}" for service in services() if is_taken(service.port)]
    if taken:
        raise PortTaken(f"These ports are in use: {', '.join(taken)}. Free them, or set HUIYIN_FIRST_PORT.")


async def is_ready(client: httpx.AsyncClient, service: Service) -> bool:
    """True where the service's /readyz says 200."""
    try:
        return (await client.get(f"{service.address}/readyz")).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


async def unready() -> list[str]:
    """The names of the services that are not ready now, in the order of starting."""
    async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
        answers = await asyncio.gather(*(is_ready(client, service) for service in services()))
    return [service.name for service, ready in zip(services(), answers, strict=True) if not ready]


async def wait_until_ready(seconds: float) -> None:
    """Returns once every service is ready. Raises NotReady after ``seconds``."""
    until = time.monotonic() + seconds
    while waiting := await unready():
        if time.monotonic() > until:
            raise NotReady(
                f"Not ready: {', '.join(waiting)}. Their output is in the logs folder, a file each."
            )
        await asyncio.sleep(0.2)
