"""What is left of a term in the term's own unit: working days and hours for one that counts them (pure; design §5)."""

from datetime import datetime, timedelta

from msgspec import Struct

from shared.deadline import TermUnit
from shared.policy.calendar import SHANGHAI, ResolvedCalendar

FARTHEST = timedelta(days=400)
"""A due moment that lies farther ahead is told in plain days."""
ONE_DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


class Left(Struct, frozen=True):
    """``days``: whole working days that follow today, None for a term in hours. ``time``: worked time besides them."""

    days: int | None
    time: timedelta


def left(now: datetime, due: datetime, unit: TermUnit, calendar: ResolvedCalendar) -> Left | None:
    """The working time from ``now`` until the first instant that is too late.

    None where the term passes by the clock (min, h, d), and where no working time is left although it is not over:
    then the time of day says more.
    """
    if unit not in ("wd", "wh") or not now < due <= now + FARTHEST:
        return None
    if unit == "wh":
        found = Left(None, working_time(now, due, calendar))
    else:
        tonight = _midnight_after(now)
        found = Left(_working_days(tonight, due, calendar), working_time(now, min(due, tonight), calendar))
    return found if found.days or found.time else None


def working_time(start: datetime, end: datetime, calendar: ResolvedCalendar) -> timedelta:
    """How much of the time between two moments lies within working hours."""
    worked = timedelta()
    day, last = start.astimezone(SHANGHAI).date(), (end - INSTANT).astimezone(SHANGHAI).date()
    while day <= last:
        for begin, until in calendar.hours(day):
            worked += max(min(until, end) - max(begin, start), timedelta())
        day += ONE_DAY
    return worked


def _working_days(start: datetime, due: datetime, calendar: ResolvedCalendar) -> int:
    day, last, count = start.date(), (due - INSTANT).astimezone(SHANGHAI).date(), 0
    while day <= last:
        count += calendar.look(day).working
        day += ONE_DAY
    return count


def _midnight_after(moment: datetime) -> datetime:
    local = moment.astimezone(SHANGHAI)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + ONE_DAY
