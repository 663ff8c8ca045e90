"""A whole town for a test: every service as a real process, two channel accounts, people with logins, a platform."""

import asyncio
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import msgspec

from deploy.local.ports import LOOPBACK
from services.console.people.accounts import Account as Login
from services.console.people.accounts import Accounts
from shared.channels.form import Account, Request
from shared.channels.signing import signed, verified
from shared.policy.record import publish
from shared.postgres import open_pool
from shared.settings import Settings
from shared.ticket.words import Actor
from tests.running.services import Running, Service
from tests.sample import SAMPLE, documents

SERVICES = ("ledger", "projector", "dispatch", "sla", "feedback", "intake", "console")
PATIENCE = 60.0
"""Seconds within which the loop must have come round on a busy machine."""


class Platform:
    """A city platform that is told of its orders: verifies each report and keeps one effect per Idempotency-Key."""

    def __init__(self) -> None:
        self.account: Account
        self.told: dict[str, dict[str, Any]] = {}
        self.calls = 0
        self.failing = 0
        """How many of the next calls are answered 503."""
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(platform.take(headers, body))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self.address = f"http://{LOOPBACK}:{self._server.server_address[1]}/report"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def take(self, headers: dict[str, str], body: bytes) -> int:
        self.calls += 1
        if self.failing:
            self.failing -= 1
            return 503
        verified(self.account, Request("POST", "/report", {}, headers, body), datetime.now(UTC))
        self.told.setdefault(headers["idempotency-key"], msgspec.json.decode(body))
        return 200

    def of(self, order: str) -> list[str]:
        """What was told of an order, in the order of telling."""
        return [
            f"{said['purpose']}:{said['round']}" for said in self.told.values() if said["orderNo"] == order
        ]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Town:
    """What a test asks of the town."""

    def __init__(
        self, settings: Settings, services: dict[str, Service], running: Running, platform: Platform
    ) -> None:
        self.settings = settings
        self.services = services
        self.running = running
        self.platform = platform
        self.tokens = asyncio.run(self._logins())
        self.http = httpx.Client(trust_env=False, timeout=15)

    async def _logins(self) -> dict[str, str]:
        pool = await open_pool(self.settings)
        accounts = Accounts(pool)
        await accounts.prepare()
        units = {unit: Login(f"{unit}_login", "unit", SAMPLE, unit) for unit in ("water", "road", "centre")}
        logins = {"operator": Login("operator_login", "operator", SAMPLE), **units}
        tokens = {name: await accounts.add(login) for name, login in logins.items()}
        await pool.close()
        return tokens

    def push(self, *orders: dict[str, Any], **lists: list[dict[str, Any]]) -> httpx.Response:
        """A signed push of the city platform."""
        body = msgspec.json.encode({"orders": list(orders), **lists})
        headers = signed(self.platform.account, body, secrets.token_hex(8), datetime.now(UTC))
        address = f"{self.services['intake'].address}/channels/{self.platform.account.id}"
        return self.http.post(address, content=body, headers=headers)

    def act(self, who: str, ticket: str, action: str, **body: Any) -> httpx.Response:
        """One action, answered once the ledger has decided."""
        return self.http.post(
            f"{self.services['console'].address}/api/tickets/{ticket}/{action}",
            json=body,
            headers={"Authorization": f"Bearer {self.tokens[who]}", "Prefer": "wait=10"},
        )

    def done(self, who: str, ticket: str, action: str, **body: Any) -> dict[str, Any]:
        """The same, and it must be done."""
        answer = self.act(who, ticket, action, **body)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def get(self, path: str, who: str = "operator", **params: Any) -> dict[str, Any]:
        """What a login reads."""
        answer = self.http.get(
            f"{self.services['console'].address}{path}",
            params=params,
            headers={"Authorization": f"Bearer {self.tokens[who]}"},
        )
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def close(self) -> None:
        self.http.close()
        self.platform.close()


def order(number: str, **change: Any) -> dict[str, Any]:
    """A sample order about water in the east."""
    return {
        "orderNo": number,
        "title": "样例:小区停水",
        "content": "样例:自早晨起停水。",
        "acceptedAt": datetime.now(UTC).isoformat(),
        "type": "求助",
        "topic": "water_supply",
        "place": "east",
        "caller": {"name": "样例诉求人", "phone": "13800000000"},
        **change,
    }


@contextmanager
def town(settings: Settings, folder: Path) -> Iterator[Town]:
    """All services up, policies published, people let in."""
    platform = Platform()
    platform.account = Account(
        "city", "hotline", SAMPLE, {"k1": secrets.token_hex(16)}, platform.address, "hmac-sm3"
    )
    channels = folder / "channels.yaml"
    channels.write_bytes(msgspec.yaml.encode({"accounts": [platform.account]}))
    channels.chmod(0o600)
    with Running(settings, folder) as running:
        surroundings = {"HUIYIN_CHANNELS": str(channels), "HUIYIN_TRACE_SAMPLE": "1.0"}
        started = [running.start(name, wait=False, **surroundings) for name in SERVICES]
        for service in started:
            service.wait_until_ready()
        for reached in asyncio.run(publish(settings, documents(), Actor("test", "service"))):
            assert not reached.refused
        whole = Town(settings, dict(zip(SERVICES, started, strict=True)), running, platform)
        yield whole
        whole.close()
