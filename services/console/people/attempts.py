"""How often something was tried of late, by the hash of what was typed: guesses are few, whatever they guess at."""

from datetime import timedelta
from hashlib import sha256

from asyncpg import Pool

PAUSE = timedelta(minutes=5)
"""Tries are counted for so long from the first; then they begin anew."""


class Attempts:
    """The table ``accounts.attempt``; ``logins.sql`` makes it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def again(self, what: str) -> int:
        """Count a try; gives how many there were with this one."""
        count: int = await self._pool.fetchval(_AGAIN, digest(what), PAUSE)
        return count

    async def take_back(self, what: str) -> None:
        """The try was no guess: it does not count."""
        await self._pool.execute(_TAKE_BACK, digest(what))

    async def forget(self, what: str) -> None:
        """Count from none again; and let go of what is over."""
        await self._pool.execute(_FORGET, digest(what), PAUSE)


def digest(text: str) -> bytes:
    """SHA-256 of whatever a browser may send."""
    return sha256(text.encode("utf-8", "surrogateescape")).digest()


_AGAIN = """
INSERT INTO accounts.attempt AS a (name, tries) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET
    tries = CASE WHEN a.since < now() - $2::interval THEN 1 ELSE a.tries + 1 END,
    since = CASE WHEN a.since < now() - $2::interval THEN now() ELSE a.since END
RETURNING tries
"""
_TAKE_BACK = "UPDATE accounts.attempt SET tries = greatest(tries - 1, 0) WHERE name = $1"
_FORGET = "DELETE FROM accounts.attempt WHERE name = $1 OR since < now() - $2::interval"
