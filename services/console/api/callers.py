"""Who calls: the bearer token's account, what roles a route is open to, and how often one may call."""

import time
from typing import Annotated

from fastapi import Depends, Request

from services.console.desk import desk_of
from services.console.people.accounts import Account, AccountRole
from services.console.people.roles import not_your_role
from shared.problems import Problem

PER_SECOND = 1_000
BURST = 2_000
"""Requests an account may make at once; more is a loop that went wrong."""

EVERY_ROLE: tuple[AccountRole, ...] = ("operator", "unit", "supervisor", "auditor")
HOTLINE: tuple[AccountRole, ...] = ("operator", "supervisor", "auditor")
"""Those who see all units of their jurisdiction."""


class Allowance:
    """How many requests each account has left: ``BURST`` at first, ``PER_SECOND`` more each second."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[float, float]] = {}

    def spend(self, account: str) -> bool:
        """Take one; False if there is none."""
        now = time.monotonic()
        left, at = self._left.get(account, (float(BURST), now))
        left = min(float(BURST), left + (now - at) * PER_SECOND)
        self._left[account] = (max(left - 1, 0.0), now)
        return left >= 1


allowance = Allowance()


class Only:
    """The dependency that lets these roles in and gives their account."""

    def __init__(self, *roles: AccountRole) -> None:
        self.roles = roles

    async def __call__(self, request: Request) -> Account:
        desk = desk_of(request)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        account = await desk.accounts.holder(token.strip()) if scheme.lower() == "bearer" and token else None
        if account is None:
            raise _unknown()
        if not allowance.spend(account.id):
            zh, en = "请求过于频繁,请稍后再试。", "Too many requests: wait a moment."
            raise Problem(429, "too_many_requests", zh, en, headers={"Retry-After": "1"})
        self.admit(request, account)
        return account

    def admit(self, request: Request, account: Account) -> None:
        """Raises Problem 403 for another role. Who asked is known before, so that it can be kept (trespasses.py)."""
        request.state.caller, request.state.admitted = account, account.role in self.roles
        if not request.state.admitted:
            raise not_your_role(*self.roles)


def _unknown() -> Problem:
    zh = "未登录或令牌已失效,请向管理员领取新的令牌。"
    en = "No token that works: ask your administrator for a new one."
    return Problem(401, "unknown_token", zh, en, headers={"WWW-Authenticate": "Bearer"})


Anyone = Annotated[Account, Depends(Only(*EVERY_ROLE))]
AtTheHotline = Annotated[Account, Depends(Only(*HOTLINE))]
Overseer = Annotated[Account, Depends(Only("supervisor", "auditor"))]
Writer = Annotated[Account, Depends(Only("operator", "unit"))]
