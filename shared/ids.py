"""The ids that are the same however often they are made: of tickets, and of commands (design §3 point 10)."""

from uuid import UUID, uuid5

NAMESPACE = UUID("6b1d3c0e-52a4-5a58-9c1f-0d7e8a4b2f36")
"""Fixed for life: with another one every retry would register its demand a second time."""


def ticket_id(jurisdiction: str, account: str, external_id: str) -> str:
    """The ticket of an account's order: a retry meets its first try, and two cities never share a ticket."""
    return str(uuid5(NAMESPACE, f"{jurisdiction}|{account}|{external_id}"))


def command_id(cause: str, purpose: str) -> str:
    """A command's id from what causes it (a ticket's id, or an entry's for a reactor) and what it is for."""
    return str(uuid5(NAMESPACE, f"{cause}|{purpose}"))
