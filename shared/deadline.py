"""When a term ends, and why then: pure counting over a calendar (design §5).

A due moment is the first instant that is too late: ``24:00`` of the last day is the next day's 00:00 in
Asia/Shanghai, and what happens strictly before it is in time.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal, Self, cast

from msgspec import Struct

from shared.policy.calendar import SHANGHAI, ResolvedCalendar
from shared.policy.words import TERM_PATTERN
from shared.ticket.words import Counted

TermUnit = Literal["min", "h", "wh", "d", "wd"]
ONE_DAY = timedelta(days=1)
ELAPSED: dict[TermUnit, timedelta] = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": ONE_DAY}


class NaiveTime(ValueError):
    """A start without a time zone: the same words mean another moment elsewhere. Write ``+08:00`` behind."""


class BadTerm(ValueError):
    """Not a term: one is written ``30min``, ``2h``, ``8wh``, ``7d`` or ``5wd``."""


class Term(Struct, frozen=True):
    """A length of time: minutes, hours or natural days as they pass, or hours and days that are worked."""

    amount: int
    unit: TermUnit

    @classmethod
    @lru_cache(maxsize=1_000)
    def parse(cls, text: str) -> Self:
        """``"5wd"`` → Term; BadTerm for anything else."""
        match = re.match(TERM_PATTERN, text)
        if match is None or text.endswith("\n"):
            raise BadTerm(f"not a term: {text!r}; write one as 30min, 2h, 8wh, 7d or 5wd")
        amount, unit = filter(None, match.groups())
        return cls(int(amount), cast("TermUnit", unit))

    @property
    def elapsed(self) -> timedelta:
        """Its length on the clock; KeyError for working hours or days, which have none of their own."""
        return self.amount * ELAPSED[self.unit]

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


class Due(Struct, frozen=True):
    """The due moment (UTC), whether a year it depends on is still unpublished, and every step counted."""

    due: datetime
    provisional: bool
    trace: tuple[Counted, ...]


def due(start: datetime, term: Term, calendar: ResolvedCalendar) -> Due:
    """The moment a term ends, with every day or interval counted or skipped and the reason.

    ``start`` must be aware, a naive one raises NaiveTime. Minute and hour terms start at once; day terms
    leave out the first day (民法典 201). A natural-day term that would end on a day off ends on the next
    working day (民法典 203). OverflowError if it ends after the year 9999.
    """
    return COUNTING[term.unit](_local(start), term, calendar)


def warn_at(due: datetime, before: Term, calendar: ResolvedCalendar) -> datetime:
    """The moment (UTC) from which a due moment is near: exactly ``before`` is left of it.

    For working days that is 00:00 of the day from which so many working days are left, itself included.
    """
    end = _local(due)
    if before.unit == "wd":
        return _back_days(end, before.amount, calendar).astimezone(UTC)
    if before.unit == "wh":
        return _back_hours(end, before.amount, calendar).astimezone(UTC)
    return (end - before.elapsed).astimezone(UTC)


def _local(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise NaiveTime(f"no time zone in {moment.isoformat()}: write +08:00 behind it")
    return moment.astimezone(SHANGHAI)


def _passing(start: datetime, term: Term, _: ResolvedCalendar) -> Due:
    """Minutes and hours as they pass, day and night, one interval a day."""
    end, trace, at = start + term.elapsed, list[Counted](), start
    while at < end:
        midnight = datetime.combine(at.date() + ONE_DAY, datetime.min.time(), SHANGHAI)
        trace.append(_interval(at, min(midnight, end), "连续计时"))
        at = midnight
    return Due(end.astimezone(UTC), False, tuple(trace))


def _natural_days(start: datetime, term: Term, calendar: ResolvedCalendar) -> Due:
    day = start.date()
    trace = [Counted(day, False, "起始日不计")]
    for _ in range(term.amount):
        day += ONE_DAY
        trace.append(Counted(day, True, "自然日"))
    look = calendar.look(day)
    known, moved = look.known, not look.working
    while not look.working:
        day += ONE_DAY
        look = calendar.look(day)
        known = known and look.known
        if not look.working:
            trace.append(Counted(day, False, f"{look.because}顺延"))
    if moved:
        trace.append(Counted(day, False, "届满日遇假顺延至此"))
    return Due(calendar.end(day).astimezone(UTC), not known, tuple(trace))


def _working_days(start: datetime, term: Term, calendar: ResolvedCalendar) -> Due:
    day, left, known = start.date(), term.amount, True
    trace = [Counted(day, False, "起始日不计")]
    while left:
        day += ONE_DAY
        look = calendar.look(day)
        trace.append(Counted(day, look.working, look.because))
        left -= look.working
        known = known and look.known
    return Due(calendar.end(day).astimezone(UTC), not known, tuple(trace))


def _working_hours(start: datetime, term: Term, calendar: ResolvedCalendar) -> Due:
    day, left, known = start.date(), timedelta(hours=term.amount), True
    trace: list[Counted] = []
    while True:
        look = calendar.look(day)
        known = known and look.known
        worked = [(max(begin, start), end) for begin, end in calendar.hours(day) if end > start]
        if not worked:
            trace.append(Counted(day, False, "已过工作时间" if look.working else look.because))
        for begin, until in worked:
            end = min(until, begin + left)
            trace.append(_interval(begin, end, look.because))
            left -= end - begin
            if not left:
                return Due(end.astimezone(UTC), not known, tuple(trace))
        day += ONE_DAY


COUNTING: dict[TermUnit, Callable[[datetime, Term, ResolvedCalendar], Due]] = {
    "min": _passing,
    "h": _passing,
    "wh": _working_hours,
    "d": _natural_days,
    "wd": _working_days,
}


def _back_days(end: datetime, amount: int, calendar: ResolvedCalendar) -> datetime:
    day = _last_day(end)
    while True:
        amount -= calendar.look(day).working
        if amount <= 0:
            return datetime.combine(day, datetime.min.time(), SHANGHAI)
        day -= ONE_DAY


def _back_hours(end: datetime, amount: int, calendar: ResolvedCalendar) -> datetime:
    day, left = _last_day(end), timedelta(hours=amount)
    while True:
        for begin, until in reversed([(b, min(u, end)) for b, u in calendar.hours(day) if b < end]):
            if until - begin >= left:
                return until - left
            left -= until - begin
        day -= ONE_DAY


def _last_day(end: datetime) -> date:
    """The day that a due moment belongs to: its 24:00 is the next day's 00:00."""
    return (end - timedelta(microseconds=1)).date()


def _interval(begin: datetime, end: datetime, because: str) -> Counted:
    until = "24:00" if end.date() > begin.date() else _clock(end)
    return Counted(begin.date(), True, because, _clock(begin), until)


def _clock(moment: datetime) -> str:
    return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
