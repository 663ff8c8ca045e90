"""Lists newest first: the statements that give a page of one with its length, and that count one.

A list may be of three tickets or of half a million, and is quick either way (newest.sql).
"""

from pathlib import Path
from typing import Literal, NamedTuple

from services.console.queries import SEEN
from services.console.rows import SHOWN
from services.console.sql import filled, statements

MOST_AT_ONCE = 2_000
"""Tickets that are gathered and sorted at once, and that one selection may have: each gets a command of its own."""
SQL = statements(Path(__file__).with_name("newest.sql"))
PICKED = filled(SQL["picked"], {"SEEN": SEEN, "SHOWN": SHOWN})


class Fitting(NamedTuple):
    """The tickets ``t`` that fit a condition; ``on_the_way`` is the same in words that no index answers to.

    units   an array of which some unit ever had each of them, of nulls where all units' are looked for
    """

    condition: str
    table: Literal["tickets", "titles"] = "tickets"
    on_the_way: str = ""
    units: str = "ARRAY[$3::text]"


class NewestFirst:
    """The list of the tickets that fit one of some conditions.

    given   how many values the conditions take, $4 and on; a page takes three more: after which time and id, how many
    few     up to how many of a condition are gathered and sorted
    """

    def __init__(self, given: int, *conditions: Fitting, few: int = MOST_AT_ONCE) -> None:
        self.conditions = conditions
        places = {"AFTER_AT": f"${given + 4}", "AFTER_ID": f"${given + 5}", "ROWS_": f"${given + 6}"}
        self.page = filled(self._made("listed", few + 1), places)
        """The statement of a page; each row says as ``total`` how many there are, one more than ``few`` where more."""

    def count(self, most: int) -> str:
        """The statement that counts the list's rows up to ``most``."""
        return self._made("how_many", most)

    def _made(self, statement: str, most: int) -> str:
        parts = {
            "GATHERED": ", ".join(self._each("gathered")),
            "ALL_HITS": " UNION ".join(self._each("all_of")),
            "PAGES": " UNION ".join(self._each("page_of")),
            "BEYOND": SQL["beyond"],
            "NEWEST": SQL["newest"],
            "MOST": str(most),
            "SEEN": SEEN,
            "SHOWN": SHOWN,
        }
        return filled(SQL[statement], parts)

    def _each(self, part: str) -> list[str]:
        return [
            filled(
                SQL[part],
                {
                    "HITS": f"hits_{at}",
                    "TABLE": of.table,
                    "ON_THE_WAY": of.on_the_way or of.condition,
                    "CONDITION": of.condition,
                    "THEIRS": f"coalesce(array_remove({of.units}, NULL), '{{}}')",
                },
            )
            for at, of in enumerate(self.conditions)
        ]


CHOSEN = NewestFirst(10, Fitting(SQL["chosen"], units="ARRAY[coalesce($6::text, $3::text)]"))
"""By filters."""
FOUND = NewestFirst(
    4,
    Fitting(SQL["found_number"]),
    Fitting(SQL["found_title"], "titles", SQL["found_title_on_the_way"]),
    Fitting(SQL["found_units"], units="$6::text[]"),
    Fitting(SQL["found_places"]),
)
"""By what a search means."""
