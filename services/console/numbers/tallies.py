"""Numbers with their lists: named conditions of a SQL file, each counted and listed by the very same words."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from asyncpg import Pool

from services.console import cursors
from services.console.people.accounts import Account
from services.console.queries import SEEN, bound
from services.console.rows import SHOWN, Page, row_of
from services.console.sql import statements

_PARTS = statements(Path(__file__).with_name("tallies.sql"))
MEANT = ("due", "ended", "last_day", "today", "tomorrow")
WORDS = {name.upper(): sql.rstrip() for name, sql in _PARTS.items() if name in MEANT}
"""What a file of tallies may use in its conditions."""
Order = Literal["newest", "due_first"]
Key = Literal["t.lead", "t.channel", "ARRAY[t.topic, t.place]"]


class Tallies:
    """The tallies of a file; its ``within`` is what they share, each other statement one of them.

    given   how many values the conditions need: $4 and on
    """

    def __init__(self, file: Path, given: int, order: Order) -> None:
        conditions = statements(file, WORDS)
        within = conditions.pop("within")
        self.names = tuple(conditions)
        numbers = ", ".join(f'count(*) FILTER (WHERE {sql}) AS "{name}"' for name, sql in conditions.items())
        self.counting = _made("numbers", {"WITHIN": within, "NUMBERS": numbers})
        self.counting_by = _made("by", {"WITHIN": within, "NUMBERS": numbers})
        self.counting_one = {
            name: _made("number", {"WITHIN": within, "CONDITION": sql}) for name, sql in conditions.items()
        }
        after = {
            name: f"${given + place}" for name, place in (("AFTER_AT", 4), ("AFTER_ID", 5), ("ROWS_", 6))
        }
        self.listing = {
            name: _made(order, {"WITHIN": within, "CONDITION": sql, **after})
            for name, sql in conditions.items()
        }

    async def numbers(self, lists: Pool, caller: Account, *given: Any) -> dict[str, int]:
        """How many tickets there are of each."""
        row = await lists.fetchrow(self.counting, *bound(caller), *given)
        return dict(row)

    async def number(self, lists: Pool, caller: Account, name: str, *given: Any) -> int:
        """How many tickets there are of one."""
        return int(await lists.fetchval(self.counting_one[name], *bound(caller), *given))

    async def by(
        self, lists: Pool, caller: Account, key: Key, *given: Any
    ) -> list[tuple[Any, dict[str, int]]]:
        """The same of each unit, channel, or pair of topic and place."""
        rows = await lists.fetch(self.counting_by.replace("KEY", key), *bound(caller), *given)
        return [(row["key"], {name: row[name] for name in self.names}) for row in rows]

    async def tickets(
        self, lists: Pool, caller: Account, name: str, cursor: str | None, limit: int, *given: Any
    ) -> Page:
        """A page of the tickets that the tally ``name`` counts."""
        after = cursors.after(cursor)
        rows = await lists.fetch(self.listing[name], *bound(caller), *given, *after, limit + 1)
        return _page(rows, limit)


def _made(statement: str, parts: dict[str, str]) -> str:
    """A statement with its parts; those that others are put into come first."""
    sql = _PARTS[statement]
    for word, part in (*parts.items(), *WORDS.items(), ("SEEN", SEEN), ("SHOWN", SHOWN)):
        sql = sql.replace(word, part)
    return sql


def _page(rows: Iterable[Any], limit: int) -> Page:
    """One row more than the limit was asked for, to know whether there is a next page."""
    found = list(rows)
    shown = [row_of(row) for row in found[:limit]]
    more = len(found) > limit
    return Page(shown, cursors.written((found[limit - 1]["stands_at"], shown[-1].id)) if more else None)


def _tallies(file: str, given: int, order: Order) -> Tallies:
    return Tallies(Path(__file__).with_name(file), given, order)


RISKS = _tallies("risks.sql", 1, "due_first")
"""险情台: given the unit, or None for all."""
RUNGS = _tallies("rungs.sql", 1, "due_first")
"""督办台: given the unit, or None for all."""
STOCK = _tallies("stock.sql", 3, "newest")
"""结转台账: given where the month starts and ends, and the channel, or None for all."""
NOW = _tallies("now.sql", 2, "newest")
"""大屏: given the topic and the place, each None for all."""
