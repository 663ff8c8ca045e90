"""The tickets' keys (edge): kept in Postgres wrapped by the master key, and in a bounded cache in front."""

import os
from base64 import b64decode
from binascii import Error as NotBase64
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path

from asyncpg import Pool

from shared.postgres import make_schema
from shared.sealing import KEY_BYTES, TicketKey
from shared.settings import MissingSetting, Settings

CACHED = 20_000
"""Keys kept unwrapped; some 300 bytes each."""

_FIND = "SELECT ticket, wrapped FROM keys.tickets WHERE ticket = ANY($1::text[])"
_MAKE = """
WITH made AS (
    INSERT INTO keys.tickets (ticket, wrapped) SELECT * FROM unnest($1::text[], $2::bytea[])
    ON CONFLICT DO NOTHING RETURNING ticket, wrapped
)
SELECT ticket, wrapped FROM made
UNION ALL SELECT ticket, wrapped FROM keys.tickets WHERE ticket = ANY($1::text[])
"""


class Keyring:
    """Gives each ticket its key. The first insert wins, so that simultaneous pushes share it."""

    def __init__(self, pool: Pool, settings: Settings) -> None:
        self._pool = pool
        self._master = master_key(settings)
        self._cached: OrderedDict[str, TicketKey] = OrderedDict()

    async def prepare(self) -> None:
        """Make the schema ``keys`` if it is not there."""
        await make_schema(self._pool, Path(__file__).with_name("keys.sql"))

    async def key(self, ticket: str) -> TicketKey:
        """The key of a ticket, made if there is none; no round trip when cached."""
        return (await self.keys([ticket]))[ticket]

    async def keys(self, tickets: Iterable[str]) -> dict[str, TicketKey]:
        """The keys of many tickets, made where there are none, in one round trip.

        Sorted, so that two batches that share tickets cannot lock each other out. A key that somebody else
        commits during the statement is not in its snapshot, hence the second look.
        """
        found, missing = self._from_cache(tickets)
        if missing:
            made = [self._wrapped(ticket) for ticket in missing]
            found |= self._unwrapped(await self._pool.fetch(_MAKE, missing, made))
        if others := [ticket for ticket in missing if ticket not in found]:
            found |= self._unwrapped(await self._pool.fetch(_FIND, others))
        return found

    async def existing(self, tickets: Iterable[str]) -> dict[str, TicketKey]:
        """The keys of those tickets that have one, for readers, who never make any."""
        found, missing = self._from_cache(tickets)
        if missing:
            found |= self._unwrapped(await self._pool.fetch(_FIND, missing))
        return found

    async def current(self, ticket: str) -> TicketKey | None:
        """The key of a ticket as Postgres has it now, whatever is cached: a destroyed key opens nothing any more."""
        return self._unwrapped(await self._pool.fetch(_FIND, [ticket])).get(ticket)

    def _from_cache(self, tickets: Iterable[str]) -> tuple[dict[str, TicketKey], list[str]]:
        wanted = sorted(set(tickets))
        found = {ticket: key for ticket in wanted if (key := self._cached.get(ticket))}
        for ticket in found:
            self._cached.move_to_end(ticket)
        return found, [ticket for ticket in wanted if ticket not in found]

    def _wrapped(self, ticket: str) -> bytes:
        return TicketKey(ticket, self._master, os.urandom).seal_bytes("key", os.urandom(KEY_BYTES))

    def _unwrapped(self, rows: Iterable[tuple[str, bytes]]) -> dict[str, TicketKey]:
        opened = {}
        for ticket, wrapped in rows:
            secret = TicketKey(ticket, self._master, os.urandom).open_bytes("key", wrapped)
            opened[ticket] = self._cached[ticket] = TicketKey(ticket, secret, os.urandom)
        while len(self._cached) > CACHED:
            self._cached.popitem(last=False)
        return opened


def master_key(settings: Settings) -> bytes:
    """The installation's master key; raises MissingSetting for what is none."""
    try:
        master = b64decode(settings.master_key.get_secret_value(), validate=True)
    except (NotBase64, ValueError):
        master = b""
    if len(master) != KEY_BYTES:
        raise MissingSetting("settings: HUIYIN_MASTER_KEY: must be base64 of 32 bytes")
    return master
