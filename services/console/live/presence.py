"""Who else is at a ticket: who edits it is told apart from who only looks.

Whoever audits is seen by nobody, and a unit does not see that a supervisor looks: to be watched is no part of its work.
Everyone else who may know of the ticket sees the others' account, role and unit; names of people are in no account.
"""

from collections.abc import Iterable
from datetime import timedelta

from msgspec import Struct

from services.console.people.accounts import Account

EDITING = timedelta(seconds=60)
"""Somebody edits for so long after their draft was saved last."""
GONE = timedelta(seconds=15)
"""Somebody of whom no process says that they are there is gone after so long."""


class Present(Struct, frozen=True):
    """Somebody at a ticket."""

    ticket: str
    person: str
    role: str
    unit: str | None
    edits: bool


def seen_by(viewer: Account, present: Iterable[Present]) -> tuple[Present, ...]:
    """Those whom the viewer is told of, whoever edits first."""
    others = [one for one in present if one.person != viewer.id and _shows(viewer, one)]
    return tuple(sorted(others, key=lambda one: not one.edits))


def _shows(viewer: Account, one: Present) -> bool:
    if one.role == "supervisor":
        return viewer.role != "unit"
    return one.role != "auditor"
