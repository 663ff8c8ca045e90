"""Where the bar on top leads, by role. A new screen is a line here, and its word ``nav.<name>``."""

from typing import NamedTuple

from services.console.api.callers import EVERY_ROLE
from services.console.people.accounts import Account, AccountRole


class Link(NamedTuple):
    """A screen, and who has it."""

    name: str
    address: str
    roles: tuple[AccountRole, ...]
    letter: str = ""
    """Leads there after ``g``."""


LINKS = (
    Link("home", "/", EVERY_ROLE, "h"),
    Link("register", "/register", ("operator",), "r"),
    Link("triage", "/desk/triage", ("operator",), "d"),
    Link("review", "/desk/review", ("operator",), "e"),
    Link("survey", "/desk/survey", ("operator",), "s"),
    Link("returns", "/returns", ("operator",), "b"),
    Link("circulating", "/circulating", ("operator", "supervisor"), "c"),
    Link("inbox", "/inbox", ("unit",), "i"),
    Link("applications", "/applications", ("unit",), "a"),
    Link("tickets", "/tickets", EVERY_ROLE, "t"),
    Link("risks", "/risks", ("supervisor", "operator", "auditor"), "k"),
    Link("supervision", "/supervision", ("supervisor", "auditor"), "u"),
    Link("figures", "/figures", ("supervisor", "auditor", "operator"), "f"),
    Link("results", "/figures", ("unit",), "f"),
    Link("time", "/time", ("supervisor", "auditor"), "j"),
    Link("ledger", "/ledger", ("supervisor", "auditor"), "m"),
    Link("wall", "/wall", ("supervisor", "auditor"), "w"),
    Link("chain", "/chain", ("auditor",), "c"),
    Link("then", "/figures/then", ("auditor",), "n"),
    Link("looks", "/looks", ("auditor", "supervisor"), "l"),
)


def links_for(caller: Account) -> list[Link]:
    """The caller's, in the order of the bar."""
    return [link for link in LINKS if caller.role in link.roles]
