"""Accounts: who may call the API, as what, and where; known by tokens of which only a hash is kept."""

import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal

import asyncpg
from msgspec import Struct

from shared.postgres import make_schema

AccountRole = Literal["operator", "unit", "supervisor", "auditor"]
Duty = Literal["signer", "handler", "approver"]
"""签收员、经办人、审签领导: what somebody does within their unit."""
REMEMBERED_SECONDS = 5.0
"""How long a token is believed without asking Postgres: so long may a revoked one still work."""
REMEMBERED_TOKENS = 10_000
TOKEN_BYTES = 32


class AccountError(Exception):
    """An account cannot be made or changed as asked; the message says which and why."""


class Account(Struct, frozen=True):
    """Who calls: ``unit`` only for the role unit; ``scopes`` name the closed groups they belong to.

    duties   within the unit; where none is named, all of them
    """

    id: str
    role: AccountRole
    jurisdiction: str
    unit: str | None = None
    scopes: tuple[str, ...] = ()
    label: str = ""
    duties: tuple[Duty, ...] = ()

    def has(self, *duties: Duty) -> bool:
        """Whether one of these duties is this account's."""
        return not self.duties or any(duty in self.duties for duty in duties)


class Listed(Struct, frozen=True):
    """An account, and how many of its tokens work now."""

    account: Account
    tokens: int


class Accounts:
    """The accounts in Postgres, with a short memory in front of the tokens' look-up."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._known: dict[bytes, tuple[float, Account]] = {}

    async def prepare(self) -> None:
        """Make the schema ``accounts`` if it is not there."""
        await make_schema(self._pool, Path(__file__).with_name("accounts.sql"))

    async def add(self, account: Account, days: int = 90) -> str:
        """Make the account if it is new, and a token that works for ``days``; gives the token, only now.

        Raises AccountError if an account of that id is there with other rights, or a field is malformed.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        expires = datetime.now(UTC) + timedelta(days=days)
        async with self._pool.acquire() as connection, connection.transaction():
            try:
                row = await connection.fetchrow(_ADD, *_columns(account))
            except asyncpg.CheckViolationError as error:
                raise AccountError(f"{account.id}: {error.constraint_name}; {_FORM}") from None
            if account_of(row) != account:
                raise AccountError(f"{account.id}: exists with other rights; revoke it and choose another id")
            await connection.execute(_LET_IN, _digest(token), account.id, expires)
        return token

    async def everyone(self) -> list[Listed]:
        """All accounts in the order of their ids."""
        return [Listed(account_of(row), row["tokens"]) for row in await self._pool.fetch(_LIST)]

    async def revoke(self, account: str) -> int:
        """End every token of an account; gives how many worked. Raises AccountError for an unknown id."""
        if not await self._pool.fetchval("SELECT true FROM accounts.account WHERE id = $1", account):
            raise AccountError(f"{account}: there is no such account")
        return len(await self._pool.fetch(_REVOKE, account))

    async def holder(self, token: str) -> Account | None:
        """Whose token it is; None for one that is unknown, expired or revoked."""
        digest = _digest(token)
        at, account = self._known.get(digest, (0.0, None))
        if account is not None and time.monotonic() - at < REMEMBERED_SECONDS:
            return account
        self._known.pop(digest, None)
        row = await self._pool.fetchrow(_HOLDER, digest)
        return self._remember(digest, account_of(row)) if row else None

    def _remember(self, digest: bytes, account: Account) -> Account:
        if len(self._known) >= REMEMBERED_TOKENS:
            self._known.clear()
        self._known[digest] = time.monotonic(), account
        return account


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()


def _columns(account: Account) -> Sequence[object]:
    a = account
    return a.id, a.role, a.jurisdiction, a.unit, list(a.scopes), a.label, list(a.duties)


def account_of(row: asyncpg.Record) -> Account:
    """The account in a row of ``accounts.account``."""
    return Account(
        row["id"],
        row["role"],
        row["jurisdiction"],
        row["unit"],
        tuple(row["scopes"]),
        row["label"],
        tuple(row["duties"]),
    )


_FORM = (
    "an id has a-z 0-9 . _ -, a role is operator, unit, supervisor or auditor, only a unit names its unit "
    "and duties (signer, handler, approver)"
)

_ADD = """
WITH made AS (
    INSERT INTO accounts.account (id, role, jurisdiction, unit, scopes, label, duties)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (id) DO NOTHING RETURNING *
)
SELECT * FROM made UNION ALL SELECT * FROM accounts.account WHERE id = $1
"""
_LET_IN = "INSERT INTO accounts.token (digest, account, expires) VALUES ($1, $2, $3)"
_LIST = """
SELECT a.*, count(t.digest) FILTER (WHERE t.revoked IS NULL AND t.expires > now()) AS tokens
FROM accounts.account a LEFT JOIN accounts.token t ON t.account = a.id GROUP BY a.id ORDER BY a.id
"""
_REVOKE = """
UPDATE accounts.token SET revoked = now()
WHERE account = $1 AND revoked IS NULL AND expires > now() RETURNING digest
"""
_HOLDER = """
SELECT a.* FROM accounts.token t JOIN accounts.account a ON a.id = t.account
WHERE t.digest = $1 AND t.revoked IS NULL AND t.expires > now()
"""
