"""What a list is called and what it is of, in words: the head of its page, its print, its workbook, its view."""

from typing import get_args

from services.console.listings import Listing
from services.console.names import Names
from services.console.pages.columns import Reader
from services.console.words import CATALOGUE
from shared.ticket.state import Stage
from shared.ticket.words import Demand

NAMED = ("unit", "topic", "place")
"""Filters whose codes have names of the jurisdiction; the words of every other are the catalogue's."""
CHANNELS = tuple(key.partition(".")[2] for key in CATALOGUE["zh"] if key.startswith("channel."))


def title(listing: Listing, reader: Reader) -> str:
    """The list's name."""
    if listing.name in ("tickets", "search"):
        return reader.words("list.title" if listing.name == "tickets" else "search.title")
    return reader.words.of("queue", listing.name)


def narrowed(listing: Listing, reader: Reader) -> list[str]:
    """Each filter with its value, both in words."""
    words = reader.words
    if listing.sought:
        return [words("listed.filter", name=words("search.what"), value=listing.sought)]
    return [
        words("listed.filter", name=words.of("filter", name), value=_value(name, code, reader))
        for name, code in listing.asked.items()
    ]


def _value(name: str, code: str, reader: Reader) -> str:
    if name in NAMED:
        return reader.called(name, code)
    if name == "overdue":
        return reader.words.of("filter", f"overdue_{code}")
    return reader.words.of(name, code)


def filter_choices(names: Names) -> dict[str, list[str]]:
    """The codes that each filter offers; those with names in the order of their names."""
    named = {kind: sorted((n.zh, n.code) for n in names.values() if n.kind == kind) for kind in NAMED}
    closed = {"stage": get_args(Stage), "demand": get_args(Demand), "channel": CHANNELS}
    return {
        **{name: list(codes) for name, codes in closed.items()},
        **{kind: [code for _, code in pairs] for kind, pairs in named.items()},
    }
