"""The policies in force, as the views have them: what pages propose, count and explain with. They decide nothing."""

import time

from asyncpg import Pool
from msgspec import json

from shared.policy.documents import Document, Policies

LOOK_EVERY = 2.0
"""Seconds between two looks for a new version."""


class PolicyBook:
    """Every version that the tickets were told of; read again once there is another one."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._looked = 0.0
        self._count = -1
        self._known = Policies()

    @property
    def latest(self) -> Policies:
        """All that were read by now, without looking for more."""
        return self._known

    async def known(self) -> Policies:
        """All of them, of every jurisdiction."""
        if time.monotonic() - self._looked > LOOK_EVERY:
            self._looked = time.monotonic()
            count = await self._pool.fetchval("SELECT count(*) FROM views.policies")
            if count != self._count:
                rows = await self._pool.fetch("SELECT document::text FROM views.policies")
                self._known = Policies(json.decode(row["document"], type=Document) for row in rows)
                self._count = len(rows)
        return self._known
