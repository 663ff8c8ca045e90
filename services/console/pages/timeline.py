"""The timeline as a ticket's page shows it: the latest first, and what only services said folded together (pure)."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from msgspec import Struct

QUIET = ("DeadlineSet", "Delivered", "repeated", "refused")
"""What is nobody's news when a service brought it about: clocks that were set, reports that arrived, second tries."""


class Line(Struct, frozen=True):
    """A line of the timeline."""

    version: int
    at: datetime
    kind: str
    person: str | None
    role: str | None
    unit: str | None
    detail: dict[str, Any]


class Stretch(Struct, frozen=True):
    """Lines that follow each other, all of them news or all of them quiet."""

    quiet: bool
    lines: list[Line]


def stretches(lines: Sequence[Line]) -> list[Stretch]:
    """The lines, the latest first."""
    return [Stretch(quiet, list(some)) for quiet, some in groupby(reversed(lines), key=quiet)]


def reply_wished(lines: Sequence[Line]) -> str | None:
    """How the citizen would like to be answered, as they said at registration."""
    return next((line.detail.get("reply_by") for line in lines if line.kind == "Registered"), None)


def quiet(line: Line) -> bool:
    """Whether a service brought it about and nobody asks for it."""
    return line.role == "service" and line.kind in QUIET
