"""Queue mode: the next ticket that nobody works on, held for one person for a while; a skip needs a reason.

A hold keeps two people from the same work. It decides nothing: what may be done says the ledger alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from asyncpg import Pool
from msgspec import Struct

from services.console.people.accounts import Account
from services.console.queries import Queries, Queue
from services.console.rows import TicketRow
from shared.keys import Keyring
from shared.problems import Problem
from shared.sealing import SealingError, TicketKey
from shared.ticket.words import Sealed

HELD = timedelta(minutes=10)
"""How long a ticket stays with somebody of whom nothing is heard."""
REASON = "skip"
"""The field under which a skip's reason is sealed."""


class Next(Struct, frozen=True):
    """What a person works on now; both None where nobody is needed."""

    ticket: TicketRow | None
    until: datetime | None


class Skip(Struct, frozen=True):
    """A ticket that somebody passed over. ``reason`` is None where the ticket's key is gone."""

    id: int
    ticket: str
    number: str
    version: int
    queue: str
    person: str
    at: datetime
    reason: str | None


class Holds:
    """Who works on what, in Postgres. ``lists`` is a pool that plans each statement anew, as for any queue."""

    def __init__(self, lists: Pool, queries: Queries, keyring: Keyring) -> None:
        self._lists = lists
        self._queries = queries
        self._keyring = keyring

    async def next(self, caller: Account, queue: Queue) -> Next:
        """What the caller holds of the queue already, else its first ticket that nobody holds.

        One at a time in a jurisdiction, so that two people never get the same one.
        """
        async with self._lists.acquire() as connection, connection.transaction():
            await connection.execute(_ONE_AT_A_TIME, f"desk.holds/{caller.jurisdiction}")
            row = await self._queries.next(connection, caller, queue)
            if row is None:
                await connection.execute(_LEAVE, caller.id, queue)
                return Next(None, None)
            return Next(row, await connection.fetchval(_TAKE, row.id, queue, caller.id, HELD))

    async def renew(self, caller: Account, queue: Queue, ticket: str) -> datetime:
        """Hold it for as long again. Raises Problem 409 if it is no longer the caller's."""
        until: datetime | None = await self._lists.fetchval(_RENEW, ticket, caller.id, queue, HELD)
        if until is None:
            raise not_held()
        return until

    async def release(self, caller: Account, queue: Queue, ticket: str) -> None:
        """Let the next person have it; nothing happens if it is not the caller's."""
        await self._lists.execute(_RELEASE, ticket, caller.id, queue)

    async def skip(self, caller: Account, queue: Queue, ticket: str, reason: str) -> None:
        """Pass over a ticket that the caller holds: it comes again once it has changed, and to others at once.

        Raises Problem 409 if the caller does not hold it.
        """
        key = (await self._keyring.existing([ticket])).get(ticket)
        if key is None or not await self._lists.fetchval(
            _SKIP, ticket, caller.id, queue, caller.jurisdiction, key.seal(REASON, reason)
        ):
            raise not_held()

    async def skips(self, caller: Account, before: int | None, limit: int) -> list[Skip]:
        """Who passed over what and why, the latest first, from before that id."""
        return await self.readable(await self._queries.skips(caller, before, limit))

    async def readable(self, rows: Sequence[dict[str, Any]]) -> list[Skip]:
        """Rows of skips with their reasons opened."""
        keys = await self._keyring.existing({row["ticket"] for row in rows})
        return [Skip(**row | {"reason": _opened(keys.get(row["ticket"]), row["reason"])}) for row in rows]


def _opened(key: TicketKey | None, reason: str) -> str | None:
    try:
        return key.open(REASON, Sealed(reason)) if key else None
    except SealingError:
        return None


def not_held() -> Problem:
    """409: somebody else may have it by now."""
    zh = "该工单已不在您手中(超时或已处理),请取下一件。"
    en = "You do not hold this ticket (any more): take the next one."
    return Problem(409, "not_held", zh, en)


_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
# Whatever the person held of the queue has left it.
_LEAVE = "DELETE FROM desk.holds WHERE person = $1 AND queue = $2"
# Whatever else the person held of the queue has left it.
_TAKE = """
WITH left_it AS (DELETE FROM desk.holds WHERE person = $3 AND queue = $2 AND ticket <> $1)
INSERT INTO desk.holds VALUES ($1, $2, $3, now() + $4::interval)
ON CONFLICT (ticket) DO UPDATE SET queue = excluded.queue, person = excluded.person, until = excluded.until
RETURNING until
"""
_RENEW = """
UPDATE desk.holds SET until = now() + $4::interval
WHERE ticket = $1 AND person = $2 AND queue = $3 AND until > now() RETURNING until
"""
_RELEASE = "DELETE FROM desk.holds WHERE ticket = $1 AND person = $2 AND queue = $3"
_SKIP = """
WITH held AS (
    DELETE FROM desk.holds WHERE ticket = $1 AND person = $2 AND queue = $3 AND until > now() RETURNING queue
)
INSERT INTO desk.skips (ticket, version, queue, person, jurisdiction, reason)
SELECT t.id, t.version, held.queue, $2, $4, $5 FROM held, views.tickets t WHERE t.id = $1 RETURNING id
"""
