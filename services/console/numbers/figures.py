"""指标: the figures of a period, and the very tickets that each counts.

The numbers are kept day by day by the projector, which counts by the conditions that the lists are asked by.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from asyncpg import Pool
from msgspec import Struct

from services.console import cursors
from services.console.lists.newest import Fitting, NewestFirst
from services.console.people.accounts import Account
from services.console.queries import bound
from services.console.rows import Listed, listed_of
from services.console.sql import statements
from shared.figures import COUNTS, FIGURES, Figure

Grouping = Literal["channels", "units"]
KEYS: dict[Grouping, str] = {"channels": "t.channel", "units": "t.lead"}
THEIRS: dict[Grouping, str] = {
    "channels": "ARRAY[$3::text]",
    "units": "coalesce($7::text[], ARRAY[$3::text])",
}
"""Whose tickets are behind a figure: a lead had them."""


class Counting(Struct, frozen=True):
    """Which tickets a figure is of: registered from ``start`` to before ``end``, perhaps of one channel.

    Both are midnights of Shanghai, None where the period has no such end.
    """

    by: Grouping
    start: datetime | None = None
    end: datetime | None = None
    channel: str | None = None


class Behind(NamedTuple):
    """A figure by its name, with ``.of`` after it for what a rate is of, ``.excluded`` for what it leaves out.

    keys   the channels or units whose tickets are asked for; None for all
    """

    name: str
    keys: list[str] | None


FILE = Path(__file__).with_name("figures.sql")
COUNTED = statements(FILE)["counted"]
"""Which tickets ``t`` a Counting is of, $4 to $6, by KEY."""
_SUMS = ", ".join(f'sum(t."{name}")::int AS "{name}"' for name in COUNTS)


_SQL: dict[Grouping, dict[str, str]] = {
    grouping: statements(FILE, {"COUNTED": COUNTED, "FIGURES": _SUMS, "KEY": key})
    for grouping, key in KEYS.items()
}
BEHIND: dict[tuple[Grouping, str], NewestFirst] = {
    (grouping, name): NewestFirst(
        4, Fitting(sql["behind"].replace("BEHIND", condition), units=THEIRS[grouping])
    )
    for grouping, sql in _SQL.items()
    for name, condition in COUNTS.items()
}


class Figures:
    """The questions, asked of the views on behalf of one caller each time. ``lists`` plans each statement anew."""

    def __init__(self, lists: Pool) -> None:
        self._lists = lists

    async def numbers(self, caller: Account, counting: Counting) -> list[dict[str, Any]]:
        """A row a channel or unit; each figure as count, and a rate with what it is of."""
        rows = await self._lists.fetch(_SQL[counting.by]["numbers"], *bound(caller), *_period(counting))
        return [{"key": row["key"], "figures": _numbers(row)} for row in rows]

    async def total(self, caller: Account, counting: Counting, figure: Behind) -> int:
        """How many tickets are behind a figure, by what was counted of each day."""
        rows = await self._lists.fetch(_SQL[counting.by]["numbers"], *bound(caller), *_period(counting))
        return sum(row[figure.name] for row in rows if figure.keys is None or row["key"] in figure.keys)

    async def behind(
        self, caller: Account, counting: Counting, figure: Behind, cursor: str | None, limit: int
    ) -> Listed:
        """A page of the tickets behind a figure, newest first."""
        listed = BEHIND[counting.by, figure.name]
        given = (*bound(caller), *_period(counting), figure.keys, *cursors.after(cursor), limit + 1)
        return listed_of(await self._lists.fetch(listed.page, *given), limit)


def _period(c: Counting) -> tuple[datetime | None, datetime | None, str | None]:
    return c.start, c.end, c.channel


def _numbers(row: Mapping[str, int]) -> dict[str, dict[str, float]]:
    return {figure.name: _number(row, figure) for figure in FIGURES}


def _number(row: Mapping[str, int], figure: Figure) -> dict[str, float]:
    """A count; of a rate also what it is of and leaves out, and the quotient unless there is nothing to divide by."""
    count = row[figure.name]
    if figure.of is None:
        return {"count": count}
    of, excluded = row[f"{figure.name}.of"], row[f"{figure.name}.excluded"]
    return {"count": count, "of": of, "excluded": excluded} | ({"rate": count / of} if of else {})
