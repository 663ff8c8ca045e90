"""Lists newest first: the statements that give a page of one with its length, and that count one.

A list may be of three tickets or of half a million, and is quick either way (lists.sql).
"""

from pathlib import Path

from services.console.queries import SEEN, SHOWN
from services.console.sql import filled, statements

MOST_AT_ONCE = 2_000
"""Tickets that are gathered and sorted at once, and that one selection may have: each gets a command of its own."""
SQL = statements(Path(__file__).with_name("lists.sql"))
PICKED = filled(SQL["picked"], {"SEEN": SEEN, "SHOWN": SHOWN})


class NewestFirst:
    """A list of the tickets ``hits``, in no order; ``walk`` gives its page.

    given   how many values both take, $4 and on; a page takes three more: after which time and id, and how many rows
    few     up to how many rows are gathered and sorted
    """

    def __init__(self, given: int, hits: str, walk: str, few: int = MOST_AT_ONCE) -> None:
        self._hits = filled(hits, {"SEEN": SEEN})
        places = {"AFTER_AT": f"${given + 4}", "AFTER_ID": f"${given + 5}", "ROWS_": f"${given + 6}"}
        parts = {
            "HITS": hits,
            "WALK": walk,
            "BEYOND": SQL["beyond"],
            "NEWEST": SQL["newest"],
            "MOST": str(few + 1),
            "SEEN": SEEN,
            "SHOWN": SHOWN,
        }
        self.page = filled(SQL["listed"], parts | places)
        """The statement of a page; each row says as ``total`` how many there are, one more than ``few`` where more."""

    def count(self, most: int) -> str:
        """The statement that counts the list's rows up to ``most``."""
        return filled(SQL["how_many"], {"HITS": self._hits, "MOST": str(most)})


def by(given: int, condition: str) -> NewestFirst:
    """The list of the tickets ``t`` that fit a condition of so many values."""
    hits, walk = (filled(SQL[part], {"CONDITION": condition}) for part in ("hits", "walk"))
    return NewestFirst(given, hits, walk)


CHOSEN = by(10, SQL["chosen"])
"""By filters."""
FOUND = NewestFirst(4, SQL["hits_found"], SQL["walk_found"])
"""By what a search means."""
