"""The sample people: an account for each who works in a district; a password for the pages, a token for the API.

The offices that work by themselves have accounts of their own: what a record says of a reader's, a reader did.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

import httpx
from msgspec.structs import replace

from demo.accounts import DISTRICTS, SCOPE
from services.console.people.accounts import Account, Accounts, Duty
from services.console.people.logins import Logins
from shared.policy.units import Units
from shared.postgres import open_pool
from shared.settings import Settings

DAYS = 7
"""For so long the demo's tokens work."""
HANDLING_FOR_COMMITTEE = ("committee", "enterprise_service")
"""Units that lead what comes through 民声通道; their logins lie within its scope."""
OVERSEEING = ("supervisor", "auditor")
"""Who oversee all of a district, what comes through 民声通道 too."""
DIVIDED = ("water_company",)
"""Units whose work several people share: one signs, one handles, one signs off (审签). Their own login does it all."""
DUTIES: dict[Duty, str] = {"signer": "签收员", "handler": "经办人", "approver": "审签领导"}


BY_ITSELF = ".auto"
"""Ends the account of an office that works by itself."""


@dataclass(frozen=True)
class Login:
    """An account, the password that opens the pages for it (none for an office that works by itself), and its token."""

    account: Account
    password: str
    token: str


def accounts_of(jurisdiction: str, units: Units) -> list[Account]:
    """An operator, a supervisor, an auditor and one account a unit; in Yichun the party committee's desk too.

    A divided unit has one more for each duty.
    """
    zh = DISTRICTS[jurisdiction]
    made = [
        Account(f"{jurisdiction}.operator", "operator", jurisdiction, label=f"样例:{zh}热线"),
        Account(f"{jurisdiction}.supervisor", "supervisor", jurisdiction, label=f"样例:{zh}督办"),
        Account(f"{jurisdiction}.auditor", "auditor", jurisdiction, label=f"样例:{zh}审计"),
    ]
    for unit in units.units:
        id = f"{jurisdiction}.{unit.id}"
        made.append(Account(id, "unit", jurisdiction, unit.id, label=f"样例:{unit.zh}"))
        if unit.id in DIVIDED:
            made += [
                Account(f"{id}.{duty}", "unit", jurisdiction, unit.id, (), f"样例:{unit.zh}{zh}", (duty,))
                for duty, zh in DUTIES.items()
            ]
    if jurisdiction == "yichun":
        made = [_within_scope(account) for account in made]
        made.insert(1, Account("yichun.minsheng", "operator", "yichun", None, (SCOPE,), "样例:民声通道专席"))
    return made


def by_themselves(accounts: Iterable[Account]) -> list[Account]:
    """The offices beside these people: each hotline, and each unit once, however many people share its work."""
    return [
        replace(one, id=f"{one.id}{BY_ITSELF}", label=f"{one.label}(演示自动办理)")
        for one in accounts
        if one.role in ("operator", "unit") and not one.duties
    ]


def _within_scope(account: Account) -> Account:
    sees_all = account.unit in HANDLING_FOR_COMMITTEE or account.role in OVERSEEING
    return replace(account, scopes=(SCOPE,)) if sees_all else account


async def logins(settings: Settings, accounts: Iterable[Account]) -> list[Login]:
    """A new password and token for each; an account that an earlier run made is taken as it is."""
    pool = await open_pool(settings, 1)
    try:
        known, front_door = Accounts(pool), Logins(pool)
        await known.prepare()
        await front_door.prepare()
        return [await _login(known, front_door, account) for account in accounts]
    finally:
        await pool.close()


async def _login(known: Accounts, front_door: Logins, account: Account) -> Login:
    token = await known.add(account, DAYS)
    if account.id.endswith(BY_ITSELF):
        return Login(account, "", token)
    password = token_urlsafe(12)
    await front_door.set_password(account.id, password)
    return Login(account, password, token)


class Person:
    """Somebody at the API for people.

    http   a client of the console, shared by all
    """

    def __init__(self, http: httpx.AsyncClient, login: Login) -> None:
        self.account = login.account
        self._http = http
        self._headers = {"Authorization": f"Bearer {login.token}"}

    async def reads(self, address: str, **query: str | int | None) -> Any:
        """The JSON at an address. Raises httpx.HTTPStatusError where this person may not read it."""
        asked = {name: value for name, value in query.items() if value is not None}
        return (await self._call("GET", address, {}, params=asked)).raise_for_status().json()

    async def does(self, ticket: str, action: str, key: str, **form: object) -> bool:
        """Ask for an action and wait for the ledger's word; False if it said no.

        key   the same for the same intention, so that a second try cannot count twice
        """
        headers = {"Prefer": "wait=10", "Idempotency-Key": f"{action}.{key}"}
        answer = await self._call("POST", f"/api/tickets/{ticket}/{action}", headers, json=form)
        return answer.is_success

    async def uploads(self, ticket: str, content: bytes) -> list[Any]:
        """Upload a file for a ticket; the ``attachments`` of an answer with it, none if it was refused."""
        answer = await self._call("POST", f"/api/tickets/{ticket}/files", {}, content=content)
        return [answer.json()] if answer.is_success else []

    async def _call(self, method: str, address: str, headers: dict[str, str], **rest: Any) -> httpx.Response:
        """Until there is an answer: whoever stops a service to see what happens finds people still there."""
        while True:
            try:
                answer = await self._http.request(method, address, headers=self._headers | headers, **rest)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                return answer
            await asyncio.sleep(1)
