"""Logins of the browser: a password opens one, a cookie carries its token, the server can end it at any time."""

import asyncio
import secrets
from datetime import timedelta
from pathlib import Path

import asyncpg
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.console.people.accounts import Account, AccountError, account_of
from services.console.people.attempts import Attempts, digest
from shared.postgres import make_schema

IDLE = timedelta(hours=2)
"""A login that nobody used for so long is over."""
LONGEST = timedelta(hours=12)
"""A login is over then even if it is in use: a working day."""
TRIES = 5
"""After so many wrong passwords for a name none is looked at for a while."""
SHORTEST = 12
"""Fewest characters of a password."""
LONGEST_TYPED = 256
"""Characters of a password that are looked at; more are no password of ours."""

_hasher = PasswordHasher()
_NOBODYS = _hasher.hash(secrets.token_urlsafe())
"""Looked at where there is no such account, so that the answer takes as long."""


class TooManyTries(Exception):
    """The name was tried too often; whether there is such an account is not said."""


class Logins:
    """Passwords and logins in Postgres, in the accounts' schema."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._attempts = Attempts(pool)

    async def prepare(self) -> None:
        """Make the tables if they are not there; the accounts' must be."""
        await make_schema(self._pool, Path(__file__).with_name("logins.sql"))

    async def set_password(self, account: str, password: str) -> None:
        """Give an account its password and end its logins.

        Raises AccountError for an unknown account, or a password that is too short or too long.
        """
        if not SHORTEST <= len(password) <= LONGEST_TYPED:
            raise AccountError(f"a password has {SHORTEST} to {LONGEST_TYPED} characters")
        hashed = await asyncio.to_thread(_hasher.hash, password)
        try:
            await self._pool.execute(_SET, account, hashed)
        except asyncpg.ForeignKeyViolationError:
            raise AccountError(f"{account}: there is no such account") from None
        await self.leave_everywhere(account)

    async def enter(self, name: str, password: str) -> str | None:
        """A new login's token; None for an unknown name as for a wrong password. Raises TooManyTries."""
        if await self._attempts.again(name) > TRIES:
            raise TooManyTries
        hashed = await self._pool.fetchval(_HASH, name) if "\0" not in name else None
        if not await asyncio.to_thread(_matches, hashed or _NOBODYS, password):
            return None
        token = secrets.token_urlsafe(32)
        await self._pool.execute(_ENTER, digest(token), name)
        await self._attempts.forget(name)
        return token

    async def holder(self, token: str) -> Account | None:
        """Whose login it is; None for one that is unknown, ended or over. Counts as use."""
        row = await self._pool.fetchrow(_HOLDER, digest(token), IDLE, LONGEST)
        return account_of(row) if row else None

    async def lives(self, token: str) -> bool:
        """Whether the login still lets its holder in; does not count as use."""
        return bool(await self._pool.fetchval(_LIVES, digest(token), IDLE, LONGEST))

    async def leave(self, token: str) -> None:
        """End this login."""
        await self._pool.execute("UPDATE accounts.login SET ended = true WHERE digest = $1", digest(token))

    async def leave_everywhere(self, account: str) -> None:
        """End every login of the account."""
        await self._pool.execute(_LEAVE, account)

    async def bar(self, account: str) -> None:
        """End every login of the account and forget its password."""
        await self._pool.execute("DELETE FROM accounts.password WHERE account = $1", account)
        await self.leave_everywhere(account)


def _matches(hashed: str, password: str) -> bool:
    try:
        return len(password) <= LONGEST_TYPED and _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


_SET = """
INSERT INTO accounts.password (account, hash) VALUES ($1, $2) ON CONFLICT (account) DO UPDATE SET hash = $2
"""
_HASH = "SELECT hash FROM accounts.password WHERE account = $1"
_ENTER = "INSERT INTO accounts.login (digest, account) VALUES ($1, $2)"
_LEAVE = "UPDATE accounts.login SET ended = true WHERE account = $1 AND NOT ended"
_LIVES = """
SELECT true FROM accounts.login
WHERE digest = $1 AND NOT ended AND used > now() - $2::interval AND made > now() - $3::interval
"""
_HOLDER = """
WITH live AS (
    SELECT * FROM accounts.login
    WHERE digest = $1 AND NOT ended AND used > now() - $2::interval AND made > now() - $3::interval
), used AS (
    UPDATE accounts.login l SET used = now() FROM live
    WHERE l.digest = live.digest AND live.used < now() - interval '1 minute'
)
SELECT a.* FROM live JOIN accounts.account a ON a.id = live.account
"""
