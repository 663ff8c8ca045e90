"""What the wall's tiles show, of what was counted."""

from datetime import UTC, datetime, timedelta

from services.console.numbers.wall import UNITS, Rise, Risk, at_risk, hours, ranked, rising
from services.console.pages.supervising.wall import HEIGHT, MARGIN, WIDTH, curve

HOUR = timedelta(hours=1)
NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
"""16:30 in Shanghai."""


def test_each_of_the_last_24_full_hours_and_the_running_one_is_beside_what_is_usual_at_that_hour() -> None:
    this = NOW.replace(minute=0)
    shown = hours({this: 9, this - HOUR: 7}, {15: 2.5}, NOW)
    assert len(shown) == 25
    assert shown[-2:] == [(this - HOUR, 7, 2.5), (this, 9, 0.0)]
    assert shown[0] == (this - 24 * HOUR, 0, 0.0)


def test_the_units_with_most_overdue_come_first_and_those_without_any_risk_are_left_out() -> None:
    numbers = {f"unit{n}": {"overdue": n, "soon": 0} for n in range(12)} | {
        "near": {"overdue": 11, "soon": 3}
    }
    shown = at_risk(numbers)
    assert shown[:2] == [Risk("near", 11, 3), Risk("unit11", 11, 0)]
    assert len(shown) == UNITS
    assert at_risk({"calm": {"overdue": 0, "soon": 0}}) == []


def test_a_topic_rises_by_how_much_it_is_above_its_usual_day() -> None:
    day, usual = {"water": 9, "road": 30, "noise": 3}, {"water": 2.0, "road": 28.0, "noise": 4.0}
    assert rising(day, usual) == [Rise("water", 9, 2.0), Rise("road", 30, 28.0)]


def test_places_are_ranked_without_those_that_have_none() -> None:
    assert ranked({"east": 1, "west": 4, "north": 0}) == [("west", 4), ("east", 1)]


def test_both_lines_of_the_curve_are_on_one_scale_within_the_picture() -> None:
    drawn = curve([(NOW, 4, 1.0), (NOW, 0, 7.4), (NOW, 2, 7.4)])
    assert drawn.most == 8
    for line in (drawn.counted, drawn.usual):
        for point in line.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT


def test_the_running_hour_is_drawn_apart_from_the_line_of_the_full_ones_and_counts_for_the_scale() -> None:
    drawn = curve([(NOW, 0, 0.0), (NOW, 3, 0.0), (NOW, 6, 0.0)])
    assert drawn.most == 6
    assert len(drawn.counted.split()) == 2
    (x, _), (end, top) = drawn.so_far
    assert f"{x:.1f}" == drawn.counted.split()[-1].partition(",")[0]
    assert (end, top) == (WIDTH, MARGIN)
