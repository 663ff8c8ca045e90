"""指标复算: a figure as the record had it at a moment, beside the same figure now, and every ticket that differs.

A ticket that has not changed since stands in the views as it stood then. Those that have are folded anew from their
own entries, and both go through the very conditions of today's figures, in one statement: nothing is counted twice.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from asyncpg import Connection, Pool
from msgspec import Struct, convert, json

from services.console.numbers.figures import COUNTED, KEYS, Counting, Grouping
from services.console.people.accounts import Account
from services.console.proof.record import Record
from services.console.queries import SEEN, bound
from services.console.sql import statements
from shared.figures import Figure, tickets_behind
from shared.ticket.words import Sealed
from shared.views.fold import fold
from shared.views.placed import Placed, place
from shared.views.rows import Rows, TicketRow

MOST = 500
"""Tickets folded anew for one figure: some thousands of entries, read in seconds."""
LISTED = 500
"""Tickets of a difference that are named."""
FILE = Path(__file__).with_name("recounting.sql")
_PARTS = statements(FILE)


class TooMany(Exception):
    """More tickets have changed since than are folded for one figure."""


class Asked(NamedTuple):
    """The figure of a unit or channel, of the tickets registered in a period, as before ``moment``."""

    figure: Figure
    counting: Counting
    key: str
    moment: datetime


class Number(NamedTuple):
    """A count, and of a rate what it is of."""

    part: int
    whole: int

    @property
    def rate(self) -> float | None:
        """None where there is nothing to divide by."""
        return self.part / self.whole if self.whole else None


class Differing(Struct, frozen=True):
    """A ticket that counted otherwise: whether it was, and is, of the whole and of the part."""

    ticket: str
    number: str
    whole_then: bool
    part_then: bool
    whole_now: bool
    part_now: bool


class Recounted(NamedTuple):
    """The figure then and now, the tickets that make the difference, and how many were folded anew.

    differ     how many make the difference; ``differing`` has the first ``LISTED``
    appeared   how many of these were not there at that moment: registered or imported since
    """

    then: Number
    now: Number
    differ: int
    appeared: int
    differing: list[Differing]
    folded: int


def _sql(by: Grouping, figure: Figure) -> dict[str, str]:
    parts = {
        "BOTH": _PARTS["both"],
        "WHOLE": figure.of or tickets_behind(figure),
        "PART": tickets_behind(figure),
        "HAD": _PARTS[f"had_by_{by}"],
        "COUNTED": COUNTED,
        "SEEN": SEEN,
        "KEY": KEYS[by],
    }
    return statements(FILE, parts)


class Recounting:
    """Counts again, as of one moment of the views."""

    def __init__(self, pool: Pool, record: Record) -> None:
        self._pool = pool
        self._record = record

    async def recount(self, caller: Account, asked: Asked) -> Recounted:
        """Raises TooMany, RecordAway."""
        sql, counting = _sql(asked.counting.by, asked.figure), asked.counting
        given = (*bound(caller), counting.start, counting.end, counting.channel, asked.key, asked.moment)
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            moved = [row["id"] for row in await connection.fetch(sql["moved"], *given, MOST + 1)]
            if len(moved) > MOST:
                raise TooMany
            rows = json.encode(await self._stood(connection, sql["places"], moved, asked.moment)).decode()
            totals = await connection.fetchrow(sql["totals"], *given, rows)
            differing = await connection.fetch(sql["differing"], *given, rows, LISTED)
        return Recounted(
            Number(totals["part_then"], totals["whole_then"]),
            Number(totals["part_now"], totals["whole_now"]),
            totals["differ"],
            totals["appeared"],
            [convert(dict(row), Differing) for row in differing],
            len(moved),
        )

    async def _stood(
        self, connection: Connection, places: str, tickets: Sequence[str], moment: datetime
    ) -> list[TicketRow]:
        """These tickets as they stood, folded from the entries that had been written; without their titles."""
        entries: list[Placed] = []
        lying = await connection.fetch(places, tickets, moment)
        for partition, rows in groupby(lying, key=lambda row: int(row["partition"])):
            records = await self._record.at(partition, [row["offset"] for row in rows])
            entries += [place(record.partition, record.offset, record.value) for record in records]
        return list(fold(Rows.known([], []), entries, _unopened).tickets.values())


def _unopened(_ticket: str, _title: Sealed) -> str | None:
    return None
