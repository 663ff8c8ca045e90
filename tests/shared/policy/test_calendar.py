"""The days off and make-up workdays of 2025 and 2026, written out by hand from the notices."""

from datetime import date, timedelta

import pytest

from shared.policy.calendar import Calendar, Day, HalfDay, ResolvedCalendar
from shared.policy.words import Known
from tests.shared.policy.packs import calendar

OFF = {
    2025: [  # 国办发明电〔2024〕12号
        *["01-01"],
        *["01-28", "01-29", "01-30", "01-31", "02-01", "02-02", "02-03", "02-04"],
        *["04-04", "04-05", "04-06"],
        *["05-01", "05-02", "05-03", "05-04", "05-05"],
        *["05-31", "06-01", "06-02"],
        *["10-01", "10-02", "10-03", "10-04", "10-05", "10-06", "10-07", "10-08"],
    ],
    2026: [  # 国办发明电〔2025〕7号
        *["01-01", "01-02", "01-03"],
        *["02-15", "02-16", "02-17", "02-18", "02-19", "02-20", "02-21", "02-22", "02-23"],
        *["04-04", "04-05", "04-06"],
        *["05-01", "05-02", "05-03", "05-04", "05-05"],
        *["06-19", "06-20", "06-21"],
        *["09-25", "09-26", "09-27"],
        *["10-01", "10-02", "10-03", "10-04", "10-05", "10-06", "10-07"],
    ],
}
MADE_UP = {
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}
HOURS = (("09:00", "12:00"), ("13:00", "17:00"))


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_of_the_year_is_what_the_notice_says(year: int) -> None:
    off = {date.fromisoformat(f"{year}-{day}") for day in OFF[year]}
    made_up = {date.fromisoformat(f"{year}-{day}") for day in MADE_UP[year]}
    for i in range(365):
        day = date(year, 1, 1) + timedelta(days=i)
        worked = day in made_up or (day.weekday() < 5 and day not in off)
        look = calendar("cn").look(day)
        assert (look.working, look.known) == (worked, True), day


@pytest.mark.parametrize(
    ("day", "because"),
    [
        ("2025-10-06", "中秋节"),
        ("2025-10-05", "国庆节"),
        ("2025-01-28", "春节"),
        ("2025-01-26", "春节调休上班"),
        ("2026-04-04", "清明节"),
        ("2026-06-20", "端午节"),
        ("2026-05-09", "劳动节调休上班"),
        ("2026-01-01", "元旦"),
        ("2026-07-04", "周末"),
        ("2026-07-06", "工作日"),
        ("2027-10-01", "工作日(暂定)"),
        ("2027-10-02", "周末(暂定)"),
    ],
)
def test_a_day_says_what_it_is_in_chinese(day: str, because: str) -> None:
    assert calendar("cn").look(date.fromisoformat(day)).because == because


def test_a_calendar_takes_days_off_from_the_one_it_extends_and_keeps_its_own_hours() -> None:
    yichun = calendar("yichun")
    assert yichun.look(date(2026, 10, 1)).because == "国庆节"
    assert [f"{begin:%H:%M}–{end:%H:%M}" for begin, end in yichun.hours(date(2026, 10, 8))] == [
        "08:30–12:00",
        "14:00–17:30",
    ]
    assert yichun.hours(date(2026, 10, 1)) == []
    assert yichun.versions == {"yichun/calendar": 1, "cn/calendar": 1}


def test_a_day_of_its_own_goes_before_the_day_of_the_calendar_it_extends() -> None:
    national = Calendar(working_hours=HOURS, years=(2026,), days=(Day(date(2026, 3, 3), True, "样例全国"),))
    local = Calendar(extends="cn", days=(Day(date(2026, 3, 3), True, "样例地方"),), day_end="17:00")
    merged = ResolvedCalendar("x", [local, national], {})
    assert merged.look(date(2026, 3, 3)).because == "样例地方"
    assert f"{merged.end(date(2026, 3, 4)):%H:%M}" == "17:00"


@pytest.mark.parametrize(
    ("pack", "day", "quiet"),
    [("qingyuan", 1, True), ("qingyuan", 22, True), ("qingyuan", 23, False), ("yichun", 1, False)],
)
def test_quiet_days_are_those_that_the_source_names(pack: str, day: int, quiet: bool) -> None:
    assert calendar(pack).is_quiet(date(2026, 7, day)) is quiet


@pytest.mark.parametrize(
    ("wrong", "where", "says"),
    [
        (Calendar(), (), "must name working_hours"),
        (Calendar(extends="nowhere"), ("extends",), "no calendar nowhere"),
        (Calendar(working_hours=(("12:00", "09:00"),)), ("working_hours",), "must rise"),
        (Calendar(working_hours=(("09:00", "12:00"), ("11:00", "17:00"))), ("working_hours",), "not overlap"),
        (
            Calendar(extends="cn", half_days=(HalfDay(date(2026, 3, 3), (("12:00", "09:00"),), "样例"),)),
            ("half_days", 0, "working_hours"),
            "must rise",
        ),
        (Calendar(extends="cn", quiet=(20, 1)), ("quiet",), "ends before it begins"),
        (
            Calendar(extends="cn", days=(Day(date(2026, 3, 3), True, "样例"),)),
            ("days", 0, "date"),
            "none of the years",
        ),
        (
            Calendar(extends="cn", years=(2026,), days=(Day(date(2026, 3, 3), False, "样例"),)),
            ("days", 0, "off"),
            "is a weekday",
        ),
        (
            Calendar(extends="cn", years=(2026,), days=(Day(date(2026, 3, 3), True, "样例"),) * 2),
            ("days", 1),
            "stands twice",
        ),
    ],
)
def test_what_is_wrong_with_a_calendar_is_named_where_it_stands(
    wrong: Calendar, where: tuple[str | int, ...], says: str
) -> None:
    [problem] = wrong.check(Known(calendars=frozenset({"cn"})))
    assert problem.where == where
    assert says in problem.en


def test_a_notice_may_move_days_of_the_december_before_its_year() -> None:
    moved = Calendar(extends="cn", years=(2027,), days=(Day(date(2026, 12, 31), True, "元旦"),))
    assert moved.check(Known(calendars=frozenset({"cn"}))) == []
