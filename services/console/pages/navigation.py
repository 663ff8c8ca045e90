"""Where the bar on top leads, by role. A new screen is a line here, and its word ``nav.<name>``."""

from typing import NamedTuple

from services.console.accounts import Account, AccountRole
from services.console.api.callers import EVERY_ROLE


class Link(NamedTuple):
    """A screen, and who has it."""

    name: str
    address: str
    roles: tuple[AccountRole, ...]


LINKS = (
    Link("home", "/", EVERY_ROLE),
    Link("register", "/register", ("operator",)),
    Link("returns", "/returns", ("operator",)),
    Link("circulating", "/circulating", ("operator", "supervisor")),
    Link("inbox", "/inbox", ("unit",)),
    Link("applications", "/applications", ("unit",)),
    Link("triage", "/desk/triage", ("operator",)),
    Link("review", "/desk/review", ("operator",)),
    Link("survey", "/desk/survey", ("operator",)),
    Link("tickets", "/tickets", EVERY_ROLE),
    Link("chain", "/chain", ("auditor",)),
    Link("then", "/figures/then", ("auditor",)),
    Link("looks", "/looks", ("auditor", "supervisor")),
    Link("risks", "/risks", ("supervisor", "operator", "auditor")),
    Link("supervision", "/supervision", ("supervisor", "auditor")),
    Link("figures", "/figures", ("supervisor", "auditor", "operator")),
    Link("time", "/time", ("supervisor", "auditor")),
    Link("ledger", "/ledger", ("supervisor", "auditor")),
    Link("wall", "/wall", ("supervisor", "auditor")),
    Link("results", "/figures", ("unit",)),
)


def links_for(caller: Account) -> list[Link]:
    """The caller's, in the order of the bar."""
    return [link for link in LINKS if caller.role in link.roles]
