"""What a list is called and what it is of, in words: the head of its page, its print, its workbook, its view."""

from typing import get_args

from services.console.lists.listing import FIGURE_LISTS, STOCK_LISTS, WALL_LISTS, Listing
from services.console.names import Names
from services.console.pages.columns import Reader
from services.console.words import CATALOGUE, Words
from shared.figures import BY_NAME
from shared.ticket.state import Stage
from shared.ticket.words import Demand

NAMED = ("unit", "topic", "place")
"""Filters whose codes have names of the jurisdiction; the words of every other are the catalogue's."""
TITLES = {
    "/tickets": "list.title",
    "/search": "search.title",
    "/circulating": "circulating.title",
    "/risks": "risks.title",
    "/supervision": "supervision.title",
    "/figures": "figures.title",
    "/ledger": "ledger.title",
}
"""Of every list but the queues and the inbox, which are ``queue.<name>``."""
CODES = {"group": "risk", "by": "grouping"}
"""The words of a filter's codes, where they are not called as the filter is."""
CHANNELS = tuple(key.partition(".")[2] for key in CATALOGUE["zh"] if key.startswith("channel."))


def title(listing: Listing, reader: Reader) -> str:
    """The list's name."""
    if listing.path in TITLES:
        return reader.words(TITLES[listing.path])
    if listing.path in FIGURE_LISTS:
        return _of_figure(listing, reader.words)
    for lists, section in ((STOCK_LISTS, "flow"), (WALL_LISTS, "tile")):
        if listing.path in lists:
            return reader.words.of(section, listing.name)
    return reader.words.of("queue", listing.name)


def _of_figure(listing: Listing, words: Words) -> str:
    """A figure, and which of its lists."""
    figure = BY_NAME[listing.path.split("/")[2]]
    part = {"of": "whole"}.get(listing.name, listing.name)
    name = words.name_of(figure)
    return f"{name} · {words.of('figure', part)}" if figure.of else name


def narrowed(listing: Listing, reader: Reader) -> list[str]:
    """Each filter with its value, both in words."""
    words = reader.words
    if listing.sought:
        return [words("listed.filter", name=words("search.what"), value=listing.sought)]
    return [
        words("listed.filter", name=words.of("filter", name), value=_value(name, code, listing, reader))
        for name, code in listing.asked.items()
    ]


def _value(name: str, code: str, listing: Listing, reader: Reader) -> str:
    if name == "key":
        name = "unit" if listing.asked["by"] == "units" else "channel"
    if name in NAMED:
        return reader.called(name, code)
    if name == "overdue":
        return reader.words.of("filter", f"overdue_{code}")
    return reader.words.of(CODES.get(name, name), code)


def filter_choices(names: Names) -> dict[str, list[str]]:
    """The codes that each filter offers; those with names in the order of their names."""
    named = {kind: sorted((n.zh, n.code) for n in names.values() if n.kind == kind) for kind in NAMED}
    closed = {"stage": get_args(Stage), "demand": get_args(Demand), "channel": CHANNELS}
    return {
        **{name: list(codes) for name, codes in closed.items()},
        **{kind: [code for _, code in pairs] for kind, pairs in named.items()},
    }
