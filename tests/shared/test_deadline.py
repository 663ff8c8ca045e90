"""Deadlines: sixty and more counted by hand over holidays and make-up weekends, then what always holds."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.deadline import BadTerm, Due, NaiveTime, Term, due, warn_at
from shared.policy.calendar import SHANGHAI, Calendar, HalfDay, ResolvedCalendar
from shared.ticket.words import Counted
from tests.shared.policy.packs import calendar

CN = calendar("cn")
YICHUN = calendar("yichun")
"""Works 08:30–12:00 and 14:00–17:30, days off as cn."""

BY_HAND = [
    # 2026 国庆: off 10-01 (Thu) to 10-07, worked Sun 09-20 and Sat 10-10; 中秋 off 09-25 (Fri) to 09-27
    ("2026-09-28 16:30", "5wd", "2026-10-10 24:00", "29 30 | holiday | 8 9 and the make-up Saturday"),
    ("2026-09-30 09:00", "1wd", "2026-10-08 24:00", "the first working day after the holiday"),
    ("2026-09-30 23:59", "1wd", "2026-10-08 24:00", "the hour of the first day does not matter"),
    ("2026-10-01 00:00", "1wd", "2026-10-08 24:00", "begins within the holiday"),
    ("2026-10-07 12:00", "3wd", "2026-10-10 24:00", "8 9 10"),
    ("2026-10-07 12:00", "4wd", "2026-10-12 24:00", "8 9 10, Sunday off, 12"),
    ("2026-10-09 10:00", "1wd", "2026-10-10 24:00", "the make-up Saturday is worked"),
    ("2026-10-10 10:00", "1wd", "2026-10-12 24:00", "Sunday is off"),
    ("2026-09-18 10:00", "1wd", "2026-09-20 24:00", "Saturday off, the make-up Sunday is worked"),
    ("2026-09-20 10:00", "1wd", "2026-09-21 24:00", "begins on the make-up Sunday"),
    ("2026-09-24 10:00", "1wd", "2026-09-28 24:00", "over 中秋"),
    ("2026-09-24 10:00", "5wd", "2026-10-09 24:00", "28 29 30 | 8 9: over both holidays"),
    ("2026-09-28 16:30", "7d", "2026-10-08 24:00", "would end 10-05, moves behind the holiday"),
    ("2026-09-28 16:30", "3d", "2026-10-08 24:00", "would end on the first day off"),
    ("2026-09-28 16:30", "2d", "2026-09-30 24:00", "ends on the last working day before"),
    ("2026-09-28 16:30", "10d", "2026-10-08 24:00", "natural days run through the holiday"),
    ("2026-09-30 10:00", "10d", "2026-10-10 24:00", "a make-up Saturday is no day off"),
    ("2026-10-01 10:00", "10d", "2026-10-12 24:00", "would end on Sunday 10-11"),
    ("2026-09-18 10:00", "2d", "2026-09-20 24:00", "a make-up Sunday is no day off"),
    ("2026-09-30 17:00", "2h", "2026-09-30 19:00", "hours pass at night"),
    ("2026-09-30 23:00", "2h", "2026-10-01 01:00", "hours pass into a holiday"),
    ("2026-10-01 10:00", "24h", "2026-10-02 10:00", "and within one"),
    ("2026-09-30 17:00", "1wh", "2026-10-08 09:00", "half an hour today, half after the holiday"),
    ("2026-10-01 10:00", "1wh", "2026-10-08 09:30", "begins with the next working hour"),
    ("2026-10-09 17:00", "1wh", "2026-10-10 09:00", "goes on on the make-up Saturday"),
    ("2026-10-10 16:30", "8wh", "2026-10-12 17:30", "1 + 3.5 + 3.5"),
    # 2025 国庆中秋: off 10-01 (Wed) to 10-08, worked Sun 09-28 and Sat 10-11
    ("2025-09-26 15:00", "1wd", "2025-09-28 24:00", "the make-up Sunday"),
    ("2025-09-26 15:00", "5wd", "2025-10-10 24:00", "28 29 30 | 9 10"),
    ("2025-09-30 15:00", "2wd", "2025-10-10 24:00", "9 10"),
    ("2025-09-30 15:00", "3wd", "2025-10-11 24:00", "9 10 and the make-up Saturday"),
    ("2025-09-30 15:00", "4wd", "2025-10-13 24:00", "9 10 11, Sunday off, 13"),
    ("2025-09-24 15:00", "7d", "2025-10-09 24:00", "would end on the first day off"),
    ("2025-09-27 10:00", "1d", "2025-09-28 24:00", "begins on a Saturday off, ends on a worked Sunday"),
    ("2025-10-04 10:00", "7d", "2025-10-11 24:00", "ends on the make-up Saturday"),
    ("2025-10-05 10:00", "7d", "2025-10-13 24:00", "would end on Sunday 10-12"),
    ("2025-09-28 16:00", "2wh", "2025-09-29 09:00", "1.5 on the make-up Sunday, 0.5 on Monday"),
    ("2025-09-27 20:00", "30min", "2025-09-27 20:30", "minutes begin at once"),
    # 2025 春节: off 01-28 (Tue) to 02-04, worked Sun 01-26 and Sat 02-08
    ("2025-01-24 11:00", "1wd", "2025-01-26 24:00", "the make-up Sunday"),
    ("2025-01-24 11:00", "2wd", "2025-01-27 24:00", "26 27"),
    ("2025-01-24 11:00", "3wd", "2025-02-05 24:00", "26 27 | 5"),
    ("2025-01-27 11:00", "5wd", "2025-02-10 24:00", "5 6 7, Saturday 8, Sunday off, 10"),
    ("2025-01-25 11:00", "3d", "2025-02-05 24:00", "would end on 除夕"),
    ("2025-01-31 11:00", "8d", "2025-02-08 24:00", "ends on the make-up Saturday"),
    ("2025-02-01 11:00", "8d", "2025-02-10 24:00", "would end on Sunday 02-09"),
    ("2025-01-27 17:30", "1wh", "2025-02-05 09:30", "working hours have just ended"),
    ("2025-01-27 12:30", "1wh", "2025-01-27 15:00", "begins in the lunch break"),
    # 2026 春节: off 02-15 (Sun) to 02-23, worked Sat 02-14 and Sat 02-28
    ("2026-02-13 16:00", "1wd", "2026-02-14 24:00", "the make-up Saturday"),
    ("2026-02-13 16:00", "2wd", "2026-02-24 24:00", "14 | 24"),
    ("2026-02-13 16:00", "5wd", "2026-02-27 24:00", "14 | 24 25 26 27"),
    ("2026-02-13 16:00", "6wd", "2026-02-28 24:00", "and the second make-up Saturday"),
    ("2026-02-13 16:00", "7wd", "2026-03-02 24:00", "Sunday 03-01 off"),
    ("2026-02-14 16:00", "7d", "2026-02-24 24:00", "would end within the holiday"),
    ("2026-02-21 10:00", "7d", "2026-02-28 24:00", "ends on the make-up Saturday"),
    ("2026-02-22 10:00", "7d", "2026-03-02 24:00", "would end on Sunday 03-01"),
    ("2026-02-14 17:00", "8wh", "2026-02-25 09:00", "0.5 | 7 on the 24th | 0.5"),
    ("2026-02-16 23:50", "15min", "2026-02-17 00:05", "past midnight of 除夕"),
    # 元旦
    ("2025-12-31 10:00", "1wd", "2026-01-04 24:00", "off 01-01 to 01-03, the Sunday is worked"),
    ("2025-12-31 10:00", "2wd", "2026-01-05 24:00", "4 5"),
    ("2025-12-27 10:00", "7d", "2026-01-04 24:00", "would end on 01-03, moves to the worked Sunday"),
    ("2024-12-31 10:00", "1wd", "2025-01-02 24:00", "one day off and no make-up"),
    # 清明, 劳动节, 端午, and 2024
    ("2025-04-03 10:00", "1wd", "2025-04-07 24:00", "清明 04-04 (Fri) to 04-06"),
    ("2025-04-25 10:00", "1wd", "2025-04-27 24:00", "the make-up Sunday before 劳动节"),
    ("2025-04-30 10:00", "1wd", "2025-05-06 24:00", "劳动节 05-01 to 05-05"),
    ("2025-04-24 10:00", "7d", "2025-05-06 24:00", "would end on 05-01"),
    ("2025-05-30 10:00", "1wd", "2025-06-03 24:00", "端午 05-31 (Sat) to 06-02"),
    ("2026-04-03 10:00", "1wd", "2026-04-07 24:00", "清明 04-04 (Sat) to 04-06"),
    ("2026-04-30 10:00", "3wd", "2026-05-08 24:00", "6 7 8"),
    ("2026-04-30 10:00", "4wd", "2026-05-09 24:00", "and the make-up Saturday"),
    ("2026-05-02 10:00", "7d", "2026-05-09 24:00", "ends on the make-up Saturday"),
    ("2026-06-18 10:00", "1wd", "2026-06-22 24:00", "端午 06-19 (Fri) to 06-21"),
    ("2024-02-08 10:00", "1wd", "2024-02-09 24:00", "除夕 2024 was a working day by the notice"),
    ("2024-02-09 10:00", "1wd", "2024-02-18 24:00", "春节 02-10 to 02-17, then a make-up Sunday"),
    ("2024-09-13 10:00", "1wd", "2024-09-14 24:00", "the make-up Saturday before 中秋"),
]


def at(text: str) -> datetime:
    """A moment in Asia/Shanghai; 24:00 is the next day's 00:00."""
    day, hour = text.split()
    if hour == "24:00":
        return datetime.fromisoformat(f"{day}T00:00+08:00") + timedelta(days=1)
    return datetime.fromisoformat(f"{day}T{hour}+08:00")


def counted(text: str, term: str, by: ResolvedCalendar = YICHUN) -> Due:
    return due(at(text), Term.parse(term), by)


@pytest.mark.parametrize(
    ("start", "term", "expected", "why"), BY_HAND, ids=[f"{s} {t}" for s, t, _, _ in BY_HAND]
)
def test_a_deadline_is_what_a_person_counts(start: str, term: str, expected: str, why: str) -> None:
    result = counted(start, term)
    assert result.due == at(expected), why
    assert not result.provisional


def test_at_least_sixty_deadlines_are_counted_by_hand() -> None:
    assert len({(start, term) for start, term, _, _ in BY_HAND}) >= 60


def test_every_day_is_explained() -> None:
    assert [
        (step.day.isoformat()[5:], step.counted, step.because)
        for step in counted("2026-09-30 09:00", "3wd").trace
    ] == [
        ("09-30", False, "起始日不计"),
        *[(f"10-0{day}", False, "国庆节") for day in range(1, 8)],
        ("10-08", True, "工作日"),
        ("10-09", True, "工作日"),
        ("10-10", True, "国庆节调休上班"),
    ]


def test_a_weekend_and_a_moved_end_are_explained() -> None:
    reasons = [step.because for step in counted("2026-10-08 09:00", "3d").trace]
    assert reasons == ["起始日不计", "自然日", "自然日", "自然日", "届满日遇假顺延至此"]
    assert "周末" in [step.because for step in counted("2026-10-10 09:00", "1wd").trace]


def test_working_hours_are_explained_by_interval() -> None:
    assert counted("2026-10-10 16:30", "8wh").trace == (
        Counted(date(2026, 10, 10), True, "国庆节调休上班", "16:30", "17:30"),
        Counted(date(2026, 10, 11), False, "周末"),
        Counted(date(2026, 10, 12), True, "工作日", "08:30", "12:00"),
        Counted(date(2026, 10, 12), True, "工作日", "14:00", "17:30"),
    )


def test_a_start_after_work_counts_nothing_on_its_day() -> None:
    first = counted("2026-10-09 18:00", "1wh").trace[0]
    assert (first.counted, first.because) == (False, "已过工作时间")


def test_passing_hours_are_explained_day_by_day() -> None:
    assert [(s.start, s.end) for s in counted("2026-10-01 10:00", "24h").trace] == [
        ("10:00", "24:00"),
        ("00:00", "10:00"),
    ]


def test_a_step_takes_few_bytes_in_an_event() -> None:
    assert (
        msgspec.json.encode(Counted(date(2026, 10, 1), False, "周末"))
        == '["2026-10-01",false,"周末",null,null]'.encode()
    )


def test_a_start_in_utc_counts_from_the_day_it_is_in_china() -> None:
    start = datetime(2026, 9, 29, 20, tzinfo=UTC)  # 09-30 04:00 in Asia/Shanghai
    assert due(start, Term.parse("1wd"), CN).due == at("2026-10-08 24:00")
    assert due(start, Term.parse("1wd"), CN).due.tzinfo is UTC


def test_a_year_not_yet_published_counts_plain_weekends_and_is_provisional() -> None:
    result = counted("2026-12-31 10:00", "2wd")  # Friday 2027-01-01, a weekend, Monday
    assert result.due == at("2027-01-04 24:00")
    assert result.provisional
    assert [step.because for step in result.trace[1:3]] == ["工作日(暂定)", "周末(暂定)"]


def test_hours_that_pass_are_never_provisional() -> None:
    assert not counted("2026-12-31 23:00", "2h").provisional


def test_a_natural_day_term_is_provisional_only_if_its_end_is() -> None:
    assert not counted("2026-12-20 10:00", "10d").provisional
    assert counted("2026-12-20 10:00", "15d").provisional


def test_a_term_ends_with_business_hours_where_the_calendar_says_so() -> None:
    closing = ResolvedCalendar(
        "x", [Calendar(working_hours=(("09:00", "17:00"),), day_end="17:00", years=(2026,))], {}
    )
    assert counted("2026-10-12 10:00", "1wd", closing).due == at("2026-10-13 17:00")


def test_a_half_day_is_a_working_day_with_fewer_hours() -> None:
    half = HalfDay(date(2026, 10, 13), (("09:00", "11:00"),), "样例半日")
    halved = ResolvedCalendar(
        "x", [Calendar(working_hours=(("09:00", "17:00"),), half_days=(half,), years=(2026,))], {}
    )
    assert counted("2026-10-12 16:00", "4wh", halved).due == at("2026-10-14 10:00")
    assert counted("2026-10-12 16:00", "1wd", halved).due == at("2026-10-13 24:00")


def test_a_start_without_time_zone_is_refused() -> None:
    with pytest.raises(NaiveTime, match=r"\+08:00"):
        due(datetime(2026, 9, 28, 16, 30), Term.parse("5wd"), CN)  # noqa: DTZ001


@pytest.mark.parametrize(
    "text", ["", "5", "wd", "0wd", "-1d", "05d", "5 wd", "5WD", "1000wd", "1.5h", "5wd\n", "5days"]
)
def test_what_is_no_term_is_refused(text: str) -> None:
    with pytest.raises(BadTerm, match="write one as 30min, 2h, 8wh, 7d or 5wd"):
        Term.parse(text)


@pytest.mark.parametrize("text", ["30min", "1440min", "2h", "8wh", "7d", "5wd"])
def test_a_term_is_written_as_it_was_read(text: str) -> None:
    assert str(Term.parse(text)) == text


@pytest.mark.parametrize(
    ("end", "before", "expected"),
    [
        ("2026-10-10 24:00", "1wd", "2026-10-10 00:00"),
        ("2026-10-10 24:00", "3wd", "2026-10-08 00:00"),
        ("2026-10-10 24:00", "4wd", "2026-09-30 00:00"),
        ("2026-10-10 24:00", "1d", "2026-10-10 00:00"),
        ("2026-10-10 24:00", "2wh", "2026-10-10 15:30"),
        ("2026-10-08 09:00", "2wh", "2026-09-30 16:00"),
        ("2026-10-08 10:00", "4h", "2026-10-08 06:00"),
        ("2026-10-08 10:00", "30min", "2026-10-08 09:30"),
    ],
)
def test_a_clock_is_near_due_when_exactly_so_much_is_left(end: str, before: str, expected: str) -> None:
    assert warn_at(at(end), Term.parse(before), YICHUN) == at(expected)


starts = st.datetimes(datetime(2024, 1, 1), datetime(2026, 9, 30)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0, tzinfo=SHANGHAI)
)
units = st.sampled_from(["min", "h", "wh", "d", "wd"])
amounts = st.integers(1, 60)


@given(starts, st.integers(0, 400_000), amounts, units)
def test_a_later_start_is_never_due_earlier(start: datetime, minutes: int, amount: int, unit: str) -> None:
    term = Term.parse(f"{amount}{unit}")
    assert due(start, term, YICHUN).due <= due(start + timedelta(minutes=minutes), term, YICHUN).due


@given(starts, amounts, amounts, units)
def test_a_longer_term_is_never_due_earlier(start: datetime, one: int, other: int, unit: str) -> None:
    shorter, longer = sorted((one, other))
    first = due(start, Term.parse(f"{shorter}{unit}"), YICHUN).due
    assert first <= due(start, Term.parse(f"{longer}{unit}"), YICHUN).due


@given(starts, amounts, st.sampled_from(["d", "wd"]))
def test_a_day_term_never_ends_on_a_day_off_and_counts_as_many_days_as_it_says(
    start: datetime, amount: int, unit: str
) -> None:
    result = due(start, Term.parse(f"{amount}{unit}"), YICHUN)
    last = (result.due - timedelta(microseconds=1)).astimezone(SHANGHAI).date()
    assert YICHUN.look(last).working
    assert sum(step.counted for step in result.trace) == amount
    days = [step.day for step in result.trace]
    assert days == [start.date() + timedelta(days=i) for i in range(len(days))]
    assert days[-1] == last


@given(starts, amounts, st.sampled_from(["min", "h", "wh"]))
def test_the_intervals_of_an_hour_term_add_up_to_it(start: datetime, amount: int, unit: str) -> None:
    result = due(start, Term.parse(f"{amount}{unit}"), YICHUN)
    total = sum((_length(step) for step in result.trace if step.counted), timedelta())
    assert total == amount * (timedelta(minutes=1) if unit == "min" else timedelta(hours=1))


def _length(step: Counted) -> timedelta:
    assert step.start is not None
    assert step.end is not None
    return at(f"{step.day} {step.end}") - at(f"{step.day} {step.start}")


@given(starts, st.integers(1, 20), st.sampled_from(["wd", "wh"]))
def test_between_the_warning_and_the_due_moment_lies_exactly_the_warning_time(
    start: datetime, amount: int, unit: str
) -> None:
    end = due(start, Term.parse("20wd"), YICHUN).due
    warned = warn_at(end, Term.parse(f"{amount}{unit}"), YICHUN)
    days = {warned.astimezone(SHANGHAI).date() + timedelta(days=i) for i in range(60)}
    worked = sorted(interval for day in days for interval in YICHUN.hours(day))
    left = sum((min(b, end) - max(a, warned) for a, b in worked if b > warned and a < end), timedelta())
    assert left == (timedelta(hours=amount) if unit == "wh" else amount * timedelta(hours=7))


@settings(max_examples=20)
@given(starts)
def test_the_same_question_has_the_same_answer(start: datetime) -> None:
    assert due(start, Term.parse("15wd"), YICHUN) == due(start, Term.parse("15wd"), YICHUN)
