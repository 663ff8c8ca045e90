"""What whoever looks on does in the browser, so that the sample offices leave it to them."""

import asyncpg

HELD = "SELECT EXISTS (SELECT FROM desk.holds WHERE ticket = $1 AND until > now())"
THEIRS = """
SELECT EXISTS (
    SELECT FROM views.timeline
    WHERE ticket = $1 AND person = ANY ($2)
      AND (kind = 'Registered' OR (role = 'unit' AND kind <> 'refused' AND asked <> 'Look'))
)
"""


class Readers:
    """The accounts that people log in with. The sample offices have accounts of their own."""

    def __init__(self, pool: asyncpg.Pool, accounts: list[str]) -> None:
        self._pool = pool
        self._accounts = accounts

    async def hold(self, ticket: str) -> bool:
        """Whether somebody has it at a desk of the console now."""
        return await self._asked(HELD, ticket)

    async def took(self, ticket: str) -> bool:
        """Whether it is theirs to carry on: they registered it, or handled it at a unit."""
        return await self._asked(THEIRS, ticket, self._accounts)

    async def _asked(self, question: str, *by: object) -> bool:
        """While Postgres is away nothing is anybody's: whoever stops it to see what happens finds people at work."""
        try:
            return bool(await self._pool.fetchval(question, *by))
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
