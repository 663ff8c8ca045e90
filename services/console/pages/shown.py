"""How times and deadlines are shown: in Beijing time, each deadline with a word and a shape besides its colour."""

import re
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.console.queries import TicketRow
from services.console.words import Words

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEAR = timedelta(hours=24)
"""A deadline that is closer than this is shown as 临期 where no rule named the moment of its warning."""
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
State = Literal["running", "near", "over", "met", "late", "void"]
SHAPES: dict[State, str] = {"running": "○", "near": "▲", "over": "■", "met": "✓", "late": "◆", "void": "‖"}


class Due(Struct, frozen=True):
    """A deadline as it is shown; ``span`` is what is left, or by how much it is over, while it runs."""

    state: State
    due: datetime
    span: timedelta | None = None
    before: datetime | None = None

    @property
    def shape(self) -> str:
        """What tells the state without colour."""
        return SHAPES[self.state]


def due_at(
    due: datetime | None, stopped: datetime | None, now: datetime, warn: datetime | None = None
) -> Due | None:
    """A clock's deadline at ``now``; None where none is set. ``due`` is the first instant that is too late."""
    if due is None:
        return None
    if stopped is not None:
        return Due("met" if stopped < due else "late", due)
    if now >= due:
        return Due("over", due, now - due)
    return Due("near" if now >= (warn or due - NEAR) else "running", due, due - now)


def citizen_clock(row: TicketRow, now: datetime) -> Due | None:
    """市民钟 of a row."""
    return due_at(row.citizen_due, row.citizen_stopped_at, now)


def unit_clock(row: TicketRow, now: datetime) -> Due | None:
    """单位钟 of a row."""
    return due_at(row.unit_due, row.unit_stopped_at, now)


def visible(text: str) -> str:
    """A text whose marks that would turn the direction of writing are written out, so that they turn nothing."""
    return TURNING.sub(lambda mark: f"[U+{ord(mark.group()):04X}]", text)


def moment(at: datetime) -> str:
    """``2026-11-22 16:30`` in Beijing."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def clock_time(at: datetime) -> str:
    """``16:30:05`` in Beijing."""
    return at.astimezone(SHANGHAI).strftime("%H:%M:%S")


def local_now() -> str:
    """This minute in Beijing, as an input for times takes it."""
    return datetime.now(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def grouped(number: str) -> str:
    """``20261122 03 000417``: a number as it is read aloud; one of another system as it is."""
    ours = len(number) == len("2026112203000417") and number.isdecimal()
    return f"{number[:8]} {number[8:10]} {number[10:]}" if ours else number


def span(words: Words, length: timedelta) -> str:
    """A length of time in its two largest units."""
    minutes = int(length.total_seconds()) // 60
    hours, days = minutes // 60, minutes // 1440
    if days:
        return words("span.days", days=days, hours=hours % 24)
    if hours:
        return words("span.hours", hours=hours, minutes=minutes % 60)
    return words("span.minutes", minutes=minutes)
