"""A channel, units and operators over HTTP, as one client plays them through a ticket's whole life."""

import secrets
import time
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import aiohttp
import msgspec

from bench.system import JURISDICTION, UNITS, System
from services.console.people.accounts import Account as Login
from services.console.people.accounts import Accounts
from shared.channels.form import Account
from shared.channels.signing import signed
from shared.postgres import open_pool

CHANNEL = Account("bench", "hotline", JURISDICTION, {"k1": secrets.token_hex(16)})
WAIT = {"Prefer": "wait=10"}


class People:
    """Logins of an operator and of every unit, and the addresses of the front doors."""

    def __init__(self, at: System, intake: str, console: str) -> None:
        self.system = at
        self.intake = intake
        self.console = console
        self.tokens: dict[str, dict[str, str]] = {}
        self.session: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        pool = await open_pool(self.system.settings)
        accounts = Accounts(pool)
        await accounts.prepare()
        operator = Login("operator_1", "operator", JURISDICTION, None, (), "bench")
        units = [Login(f"login_{n}", "unit", JURISDICTION, f"unit_{n}", (), "bench") for n in range(UNITS)]
        for login in (operator, *units):
            self.tokens[login.unit or "operator"] = {"Authorization": f"Bearer {await accounts.add(login)}"}
        await pool.close()
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.session.close()

    async def push(self, n: str, topic: int) -> dict[str, Any]:
        """One signed order of the city platform; what intake answered."""
        order = {
            "orderNo": n,
            "title": "样例:小区停水",
            "content": "样例:小区自早晨起停水,请尽快处理。" * 3,
            "acceptedAt": datetime.now(UTC).isoformat(),
            "type": "求助",
            "topic": f"topic_{topic}",
            "place": "east",
            "caller": {"name": "样例", "phone": "13800000000"},
        }
        body = msgspec.json.encode(order)
        headers = signed(CHANNEL, body, secrets.token_hex(8), datetime.now(UTC))
        return await self._said("POST", f"{self.intake}/channels/{CHANNEL.id}", headers, body)

    async def act(
        self, who: str, ticket: str, action: str, body: dict[str, Any], wait: bool = True
    ) -> dict[str, Any]:
        """One action, answered once the ledger has decided, or without ``wait`` once it is accepted."""
        headers = self.tokens[who] | (WAIT if wait else {})
        return await self._said(
            "POST", f"{self.console}/api/tickets/{ticket}/{action}", headers, msgspec.json.encode(body)
        )

    async def ticket(self, ticket: str, token: str | None = None) -> dict[str, Any]:
        """The view's row, at least as fresh as the token."""
        headers = self.tokens["operator"] | ({"View-Token": token} if token else {})
        return await self._said("GET", f"{self.console}/api/tickets/{ticket}", headers, b"")

    async def _said(self, method: str, url: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        async with self.session.request(method, url, headers=headers, data=body) as answer:
            said = await answer.read()
            decoded = msgspec.json.decode(said) if said else {}
            return {"status": answer.status, "token": answer.headers.get("View-Token"), **decoded}


def stamp() -> str:
    """Sets one run's orders apart from another's."""
    return f"{time.time_ns():x}"
