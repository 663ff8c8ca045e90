"""What is left of a term is told in what the term counts, over nights, weekends and holidays."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.deadline import Term, due
from shared.policy.calendar import SHANGHAI, ResolvedCalendar
from shared.remaining import Left, left, working_time
from tests.sample import calendar

PLAIN = ResolvedCalendar("sample", [calendar()], {})
"""Worked from 08:30 to 12:00 and from 14:00 to 17:30, seven hours a day."""


def at(day: int, clock: str) -> datetime:
    """In March 2026, of which the 2nd is a Monday."""
    return datetime(2026, 3, day, int(clock[:2]), int(clock[3:]), tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "until", "days", "hours"),
    [
        (at(2, "10:00"), at(4, "00:00"), 1, 5.5),
        (at(2, "13:00"), at(4, "00:00"), 1, 3.5),
        (at(2, "20:00"), at(4, "00:00"), 1, 0),
        (at(6, "16:30"), at(10, "00:00"), 1, 1),
        (at(7, "12:00"), at(10, "00:00"), 1, 0),
        (at(2, "16:00"), at(3, "00:00"), 0, 1.5),
        (at(2, "10:00"), at(2, "12:00"), 0, 2),
    ],
)
def test_working_days_are_those_that_follow_and_todays_hours_stand_beside_them(
    now: datetime, until: datetime, days: int, hours: float
) -> None:
    assert left(now, until, "wd", PLAIN) == Left(days, timedelta(hours=hours))


def test_working_hours_are_added_up_over_nights_and_weekends() -> None:
    assert left(at(6, "17:00"), at(9, "09:30"), "wh", PLAIN) == Left(None, timedelta(hours=1.5))


@pytest.mark.parametrize("term", ["8wh", "3wh", "40wh"])
def test_a_working_hours_term_has_all_of_itself_left_when_it_begins(term: str) -> None:
    start, read = at(6, "11:15"), Term.parse(term)
    found = left(start, due(start, read, PLAIN).due, "wh", PLAIN)
    assert found == Left(None, timedelta(hours=read.amount))


@pytest.mark.parametrize("days", [1, 2, 5, 15])
def test_a_working_days_term_has_all_of_its_days_left_when_it_begins(days: int) -> None:
    start = at(2, "18:00")
    assert left(start, due(start, Term(days, "wd"), PLAIN).due, "wd", PLAIN) == Left(days, timedelta())


def test_terms_that_pass_by_the_clock_and_what_is_over_have_no_working_time() -> None:
    for unit in ("min", "h", "d"):
        assert left(at(2, "10:00"), at(4, "00:00"), unit, PLAIN) is None
    assert left(at(4, "00:00"), at(4, "00:00"), "wd", PLAIN) is None
    assert left(at(2, "10:00"), at(2, "10:00") + timedelta(days=4000), "wd", PLAIN) is None


def test_after_hours_of_the_last_day_no_working_time_is_left() -> None:
    assert left(at(2, "18:00"), at(3, "00:00"), "wd", PLAIN) is None


def test_working_time_is_the_same_in_any_time_zone() -> None:
    start, end = at(2, "10:00"), at(3, "10:00")
    assert working_time(start, end, PLAIN) == timedelta(hours=7)
    assert working_time(start.astimezone(UTC), end.astimezone(UTC), PLAIN) == timedelta(hours=7)
