"""How times and deadlines are shown: in Beijing time, each deadline with a word and a shape besides its colour."""

import re
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from services.console.advice.terms import left_of, near_from, return_until, unit_clock_of
from services.console.rows import TicketRow
from services.console.words import Words
from shared.policy.documents import Policies
from shared.problems import Problem
from shared.remaining import Left
from shared.ticket.refusals import Refusal
from shared.ticket.words import Clock

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEAR = timedelta(hours=24)
"""A deadline that is closer than this is shown as 临期 where no rule named the moment of its warning."""
RETURN_NEAR = timedelta(hours=4)
"""The same of the window in which a ticket may be returned: it is a day long at most (安阳条例 art.50)."""
RECORDED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
State = Literal["running", "near", "over", "met", "late", "void"]
SHAPES: dict[State, str] = {"running": "○", "near": "▲", "over": "■", "met": "✓", "late": "◆", "void": "‖"}


class Due(Struct, frozen=True):
    """A deadline as it is shown; ``span`` is what is left, or by how much it is over, while it runs.

    left   what is left in working time, where the term counts that
    first  whether a later round runs than the one of which it tells how it ended
    """

    state: State
    due: datetime
    span: timedelta | None = None
    before: datetime | None = None
    left: Left | None = None
    first: bool = False

    @property
    def shape(self) -> str:
        """What tells the state without colour."""
        return SHAPES[self.state]

    @property
    def word(self) -> str:
        """What it is called in the catalogue."""
        return f"deadline.{'first_' if self.first else ''}{self.state}"


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


def citizen_clock(row: TicketRow, now: datetime, policies: Policies) -> Due | None:
    """市民钟 of a row."""
    due = _clock(row, "citizen", row.citizen_due, row.citizen_stopped_at, now, policies)
    return of_round(due, row.round) if due else None


def of_round(due: Due, round: int) -> Due:
    """The citizen's clock as a round shows it: how it ended in the first is not how a later one stands."""
    return replace(due, first=round > 1 and due.state in ("met", "late"))


def unit_clock(row: TicketRow, now: datetime, policies: Policies) -> Due | None:
    """单位钟 of a row."""
    return _clock(row, unit_clock_of(row), row.unit_due, row.unit_stopped_at, now, policies)


def _clock(
    row: TicketRow,
    clock: Clock,
    due: datetime | None,
    stopped: datetime | None,
    now: datetime,
    policies: Policies,
) -> Due | None:
    """A clock of a row as the ticket's own page has it: near its end from the warning on, and with what is left."""
    if due is None:
        return None
    shown = due_at(due, stopped, now, near_from(row, clock, due, now, policies))
    return with_left(shown, left_of(row, clock, due, now, policies)) if shown else None


def return_window(row: TicketRow, now: datetime, policies: Policies) -> Due | None:
    """Until when the ticket may be returned; None where it cannot be any more, or no term says so."""
    until = return_until(row, now, policies)
    return due_at(until, None, now, until - RETURN_NEAR) if until and until > now else None


def with_left(due: Due, left: Left | None) -> Due:
    """A deadline with what is left of it in working time, while it runs."""
    return replace(due, left=left) if due.span is not None and due.state != "over" else due


def visible(text: str) -> str:
    """A text whose marks that would turn the direction of writing are written out, so that they turn nothing."""
    return TURNING.sub(lambda mark: f"[U+{ord(mark.group()):04X}]", text)


def moment(at: datetime) -> str:
    """``2026-11-22 16:30`` in Beijing."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def why(words: Words, refused: Problem | Refusal) -> str:
    """The sentence of a refusal."""
    return in_beijing(refused.zh if words.language == "zh" else refused.en)


def in_beijing(text: str) -> str:
    """A sentence of the record with its times, which are UTC, as people here read them."""
    return RECORDED.sub(lambda at: moment(datetime.fromisoformat(at.group())), text)


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


def file_size(length: int) -> str:
    """``2.4 MB`` or ``18 KB``; never nothing of what is there."""
    return f"{length / 1024**2:.1f} MB" if length >= 1024**2 else f"{max(length // 1024, 1)} KB"


def remaining(words: Words, due: Due) -> str:
    """What is left of a deadline that runs, in its own unit; by how much one is over."""
    left = due.left
    if left is None:
        return span(words, due.span or timedelta())
    minutes = int(left.time.total_seconds()) // 60
    if left.days is None:
        return words("left.worked", hours=minutes // 60, minutes=minutes % 60)
    key = "left.days" if left.days else "left.today"
    return words(key, days=left.days, hours=minutes // 60, minutes=minutes % 60)


def span(words: Words, length: timedelta) -> str:
    """A length of time in its two largest units."""
    minutes = int(length.total_seconds()) // 60
    hours, days = minutes // 60, minutes // 1440
    if days:
        return words("span.days", days=days, hours=hours % 24)
    if hours:
        return words("span.hours", hours=hours, minutes=minutes % 60)
    return words("span.minutes", minutes=minutes)


def lasting(words: Words, length: timedelta) -> str:
    """A length of time in full, so that lengths can be added up: ``2 天 3 小时 5 分``."""
    days, rest = divmod(int(length.total_seconds()), 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    parts = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds}
    said = [words(f"lasting.{unit}", count=count) for unit, count in parts.items() if count]
    return " ".join(said) or words("lasting.moment")


def day(words: Words, at: datetime) -> str:
    """``2026年11月22日`` in Beijing, as documents have it."""
    local = at.astimezone(SHANGHAI)
    return words("dated.day", year=local.year, month=words.of("month", str(local.month)), day=local.day)


def dated(words: Words, at: datetime) -> str:
    """``2026年11月22日16时30分`` in Beijing; a full hour without minutes."""
    local = at.astimezone(SHANGHAI)
    if local.minute:
        return day(words, at) + words("dated.minute", hour=local.hour, minute=f"{local.minute:02}")
    return day(words, at) + words("dated.hour", hour=local.hour)


def term(words: Words, length: str) -> str:
    """A term such as ``5wd`` in words; one that is not ours as it is."""
    count = length.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = length.removeprefix(count)
    return words(f"term.{unit}", count=count) if words.has("term", unit) else length


def clipped(text: str, most: int) -> str:
    """A text that must fit a place on paper: the beginning of a longer one."""
    return text if len(text) <= most else text[: most - 1] + "…"


def by(words: Words, due: datetime) -> str:
    """A deadline as a promise in words: until when it is in time. ``due`` is the first instant that is too late."""
    there = due.astimezone(SHANGHAI)
    if there.hour == there.minute == 0:
        return words("promised.by_day", day=day(words, due - timedelta(minutes=1)))
    return words("promised.by_time", day=day(words, due), time=there.strftime("%H:%M"))
