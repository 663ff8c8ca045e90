"""Calendars: days off, make-up workdays, working hours, quiet days; and the same resolved for look-ups."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct

from shared.policy.words import Known, Problem, Slug, Text

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""One time and, since 1992, no summer time: a fixed offset needs no time-zone files in the pure core."""

Hour = Annotated[str, Meta(pattern=r"^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Hours = tuple[tuple[Hour, Hour], ...]
DayOfMonth = Annotated[int, Meta(ge=1, le=31)]
Year = Annotated[int, Meta(ge=2000, le=2200)]


class Day(Struct, frozen=True, forbid_unknown_fields=True):
    """A day that is not what its weekday says: off, or worked (调休上班); ``name`` is its holiday."""

    date: date
    off: bool
    name: Text


class HalfDay(Struct, frozen=True, forbid_unknown_fields=True):
    """A working day with hours of its own."""

    date: date
    working_hours: Hours
    name: Text


class Calendar(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="calendar"):
    """One calendar; what it leaves out comes from the one that it ``extends``, and its own days go first.

    ``years`` are those whose days off are published: any other year counts plain weekends and is provisional.
    ``day_end`` is when a day term ends: 24:00, or close of business where business hours bind (民法典 203).
    ``quiet`` are the first and last day of each month's quiet period (企业安静期).
    """

    extends: Slug | None = None
    timezone: Literal["Asia/Shanghai"] = "Asia/Shanghai"
    working_hours: Hours | None = None
    half_days: tuple[HalfDay, ...] = ()
    day_end: Hour | None = None
    years: tuple[Year, ...] = ()
    days: tuple[Day, ...] = ()
    quiet: tuple[DayOfMonth, DayOfMonth] | None = None

    def check(self, known: Known) -> list[Problem]:
        """Problems within this calendar and of its reference."""
        problems = [*self._days_problems(), *_hours_problems(self.working_hours or (), ("working_hours",))]
        for i, half in enumerate(self.half_days):
            problems += _hours_problems(half.working_hours, ("half_days", i, "working_hours"))
        if self.extends is None and not self.working_hours:
            problems.append(
                Problem(
                    "不沿用其他日历时须写明工作时间", "a calendar that extends none must name working_hours"
                )
            )
        if self.extends is not None and self.extends not in known.calendars:
            zh, en = f"所沿用的日历 {self.extends} 不存在", f"there is no calendar {self.extends} to extend"
            problems.append(Problem(zh, en, ("extends",)))
        if self.quiet and self.quiet[0] > self.quiet[1]:
            problems.append(
                Problem("安静期的起日晚于止日", "the quiet period ends before it begins", ("quiet",))
            )
        return problems

    def _days_problems(self) -> list[Problem]:
        problems, seen = [], set[date]()
        for i, day in enumerate(self.days):
            if day.date in seen:
                problems.append(Problem(f"{day.date} 重复", f"{day.date} stands twice", ("days", i)))
            if not self._publishes(day.date):
                zh, en = f"{day.date} 不在所列年份内", f"{day.date} lies in none of the years listed"
                problems.append(Problem(zh, en, ("days", i, "date")))
            if not day.off and day.date.weekday() < 5:
                zh, en = f"{day.date} 本是工作日,无须调休", f"{day.date} is a weekday: it needs no make-up"
                problems.append(Problem(zh, en, ("days", i, "off")))
            seen.add(day.date)
        return problems

    def _publishes(self, day: date) -> bool:
        """A year's notice may also move days of the December before it (元旦)."""
        return day.year in self.years or (day.month == 12 and day.year + 1 in self.years)


def _hours_problems(hours: Hours, where: tuple[str | int, ...]) -> list[Problem]:
    edges = [edge for interval in hours for edge in interval]
    if all(before < after for before, after in pairwise(edges)):
        return []
    return [Problem("工作时段须由早到晚且不重叠", "working hours must rise and not overlap", where)]


class Look(NamedTuple):
    """What a day is: worked or not, why in words, and whether its year is published."""

    working: bool
    because: str
    known: bool


WORKDAY, WEEKEND = Look(True, "工作日", True), Look(False, "周末", True)
PERHAPS_WORKDAY, PERHAPS_WEEKEND = Look(True, "工作日(暂定)", False), Look(False, "周末(暂定)", False)


class ResolvedCalendar:
    """A calendar with all that it extends merged in; immutable.

    ``name`` is its jurisdiction; ``versions`` names every document that went in, as ``{"cn/calendar": 1}``.
    """

    __slots__ = ("_day_end", "_days", "_half_hours", "_hours", "_years", "name", "quiet", "versions")

    def __init__(self, name: str, lineage: Sequence[Calendar], versions: dict[str, int]) -> None:
        """``lineage``: the calendar itself first, then what it extends, and so on."""
        self.name, self.versions = name, versions
        self._days: dict[date, Look] = {}
        self._half_hours: dict[date, tuple[tuple[int, int], ...]] = {}
        for calendar in reversed(lineage):
            self._days |= {day.date: _look(day) for day in calendar.days}
            self._days |= {half.date: Look(True, half.name, True) for half in calendar.half_days}
            self._half_hours |= {half.date: _minutes(half.working_hours) for half in calendar.half_days}
        self._years = frozenset(year for calendar in lineage for year in calendar.years)
        self._hours = _minutes(next((c.working_hours for c in lineage if c.working_hours), ()))
        self._day_end = _minute(next((c.day_end for c in lineage if c.day_end), "24:00"))
        self.quiet = next((c.quiet for c in lineage if c.quiet), None)

    def look(self, day: date) -> Look:
        """What that day is."""
        listed = self._days.get(day)
        if listed is not None:
            return listed
        weekend = day.weekday() >= 5
        if day.year in self._years:
            return WEEKEND if weekend else WORKDAY
        return PERHAPS_WEEKEND if weekend else PERHAPS_WORKDAY

    def hours(self, day: date) -> list[tuple[datetime, datetime]]:
        """The intervals worked on that day (Asia/Shanghai), early to late; none on a day off."""
        if not self.look(day).working:
            return []
        midnight = datetime.combine(day, time(), SHANGHAI)
        intervals = self._half_hours.get(day, self._hours)
        return [(midnight + timedelta(minutes=a), midnight + timedelta(minutes=b)) for a, b in intervals]

    def end(self, day: date) -> datetime:
        """When a term that ends on that day ends; 24:00 is the next day's 00:00."""
        return datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=self._day_end)

    def is_quiet(self, day: date) -> bool:
        """Whether the day lies in the month's quiet period."""
        return self.quiet is not None and self.quiet[0] <= day.day <= self.quiet[1]


def _look(day: Day) -> Look:
    return Look(False, day.name, True) if day.off else Look(True, f"{day.name}调休上班", True)


def _minute(hour: str) -> int:
    return int(hour[:2]) * 60 + int(hour[3:])


def _minutes(hours: Hours) -> tuple[tuple[int, int], ...]:
    return tuple((_minute(a), _minute(b)) for a, b in hours)
