"""A search: what its words may mean, and what it found (pure)."""

from collections.abc import Sequence

from msgspec import Struct

from services.console.rows import Name, TicketRow
from shared.search import plain, query

DAY = len("20261122")
"""A number is sought from its first eight digits on; fewer are a month, a year, or a number in a title."""


class Found(Struct, frozen=True):
    """What a search found: the units and places of that name, and a page of tickets as ``Listed``."""

    names: list[Name]
    tickets: list[TicketRow]
    next: str | None
    total: int


def meant(sought: str, names: Sequence[Name]) -> tuple[str | None, str | None, list[str], list[str]]:
    """What ``found`` looks for: a number, words of a title, units, places."""
    word = plain(sought)
    number = word if word.isdecimal() and len(word) >= DAY else None
    units, places = ([name.code for name in names if name.kind == kind] for kind in ("unit", "place"))
    return number, query(sought), units, places
