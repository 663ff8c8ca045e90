"""Days of Asia/Shanghai as moments: what is asked from one day to another, both included."""

from datetime import UTC, date, datetime, time, timedelta
from typing import overload
from zoneinfo import ZoneInfo

from msgspec import Struct

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
"""Whoever asks for an earlier day means the first, for a later one the last."""
LAST = datetime(2199, 12, 31, tzinfo=UTC)
"""Whoever asks for a later time means the latest."""


@overload
def from_midnight(day: date) -> datetime: ...
@overload
def from_midnight(day: date | None) -> datetime | None: ...
def from_midnight(day: date | None) -> datetime | None:
    """The moment at which the day begins; None for no day."""
    return datetime.combine(_within(day), time(), SHANGHAI) if day else None


@overload
def to_midnight(day: date) -> datetime: ...
@overload
def to_midnight(day: date | None) -> datetime | None: ...
def to_midnight(day: date | None) -> datetime | None:
    """The first moment after the day; None for no day."""
    return datetime.combine(_within(day) + timedelta(days=1), time(), SHANGHAI) if day else None


def _within(day: date) -> date:
    return min(max(day, FIRST_DAY), LAST_DAY)


def minute(typed: datetime) -> datetime:
    """The minute that was typed, in Beijing's time where it names no other; nothing is later than ``LAST``."""
    named = typed if typed.tzinfo else typed.replace(tzinfo=SHANGHAI)
    return min(named, LAST).replace(second=0, microsecond=0)


def today() -> date:
    """The day that it is in Shanghai."""
    return datetime.now(UTC).astimezone(SHANGHAI).date()


class Period(Struct, frozen=True):
    """From the first day to the last, both included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """Where it begins."""
        return from_midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return to_midnight(self.last)


def month_of(named: str | None) -> Period:
    """The month that is so called (``2026-11``); without a name the one that it is."""
    return _month_with(date.fromisoformat(f"{named}-01") if named else today())


def month_before(month: Period) -> Period:
    """The month before that one."""
    return _month_with(month.first - timedelta(days=1))


def _month_with(day: date) -> Period:
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def period(first: date | None, last: date | None, at: date, days: int | None = None) -> Period:
    """What was asked for; without a first day so many days, or the month of the last one, and up to ``at``."""
    last = last or at
    if first is None:
        first = last.replace(day=1) if days is None else last - timedelta(days=days - 1)
    return Period(first, last)
