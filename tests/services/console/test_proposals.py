"""Whom a desk proposes and why, whom it bars, what dispatching now would set running, and what a reviewer is told."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from services.console.advice.answer_checks import checks
from services.console.advice.proposals import Bar, Known, Matter, Precedent, Why, bars, proposals, shown
from services.console.asking.standing import by_grade, standing
from services.console.pages.desks.sheet import Hand
from services.console.pages.desks.survey import again_from
from services.console.pages.desks.triage import preview
from services.console.pages.styleguide import NEW
from services.console.pages.timeline import Line
from services.console.people.accounts import Account
from shared.policy.catalogue import Catalogue, Place, Rule, Topic
from shared.policy.documents import Found, Policies
from shared.policy.units import Unit, Units
from shared.ticket.events import Closed, RedoOrdered, SurveyAnswered
from tests.sample import SAMPLE, document, documents, terms

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
OPERATOR = Account("operator", "operator", SAMPLE)
UNITS = Units(
    tuple(
        Unit(id, id, id, kind)  # type: ignore[arg-type]
        for id, kind in (
            ("roads", "department"),
            ("parks", "department"),
            ("water", "company"),
            ("east_town", "town"),
            ("west_town", "town"),
        )
    )
)
CATALOGUE = Catalogue(
    (Topic("road", "道路", "Roads"), Topic("weeds", "杂草", "Weeds")),
    (Place("east", "东片"), Place("west", "西片"), Place("north", "北片")),
    (
        Rule("road_east", "road", "roads", "east", ("water",)),
        Rule("road_west", "road", "west_town", "west"),
        Rule("weeds_east", "weeds", "east_town", "east"),
    ),
)
POLICIES = Policies(documents())


def known(*precedents: Precedent) -> Known:
    return Known(UNITS, Found(CATALOGUE, 4), list(precedents))


def proposed(matter: Matter, *precedents: Precedent) -> list[str]:
    return [one.unit for one in proposals(matter, known(*precedents)) if one.bar is None]


def test_the_line_goes_before_precedent_and_what_is_near_before_what_is_elsewhere() -> None:
    precedents = (
        Precedent("parks", True, 9, 2),
        Precedent("water", True, 3, 3),
        Precedent("roads", False, 50, 50),
    )
    assert proposed(Matter("road", "east"), *precedents) == ["roads", "water", "parks"]
    assert proposed(Matter("road", "north"), *precedents) == ["water", "parks", "roads"]


def test_a_unit_has_all_its_reasons_and_who_assists_it() -> None:
    precedents = (Precedent("roads", True, 14, 12), Precedent("water", False, 2, 1))
    found = proposals(Matter("road", "east"), known(*precedents))
    roads, water = (one for one in found if one.bar is None)
    assert roads.because == [Why("line", "road", 4, "east"), Why("precedent", given=14, stayed=12)]
    assert roads.assisting == ("water",)
    assert water.because == [Why("precedent_elsewhere", given=2, stayed=1)]


def test_who_kept_none_and_who_is_gone_is_not_proposed() -> None:
    gone = Precedent("dissolved", True, 5, 5)
    assert proposed(Matter(None, "east"), Precedent("parks", True, 3, 0), gone) == []


def test_a_unit_that_returned_the_ticket_rightly_is_barred_even_by_its_own_line() -> None:
    found = proposals(Matter("road", "east", frozenset({"roads", "parks"})), known())
    assert {one.unit: one.bar for one in found if one.unit != "west_town"} == {
        "roads": Bar("returned"),
        "parks": Bar("returned"),
    }


def test_what_a_department_must_do_is_not_pushed_down_to_a_town() -> None:
    by_line = Bar("town", "road", "roads")
    assert bars(Matter("road", "east"), known()) == {"east_town": by_line, "west_town": by_line}
    assert bars(Matter("road", "north"), known()) == {"east_town": by_line, "west_town": by_line}
    assert bars(Matter("road", "west"), known()) == {}
    assert bars(Matter("weeds", "east"), known()) == {}
    assert bars(Matter(None, None), Known(UNITS, None, [])) == {}


def test_three_may_be_chosen_by_a_digit_and_none_of_them_is_barred() -> None:
    precedents = [
        Precedent(unit, True, 9, n) for n, unit in enumerate(["parks", "water", "east_town", "roads"], 1)
    ]
    found = proposals(Matter("road", "north"), known(*precedents))
    able, barred = shown(found, {"roads": 7})
    assert [(one.unit, one.load) for one in able] == [("roads", 7), ("water", 0), ("parks", 0)]
    assert {one.unit for one in barred} == {"east_town", "west_town"}


def test_the_terms_shown_beforehand_are_those_that_dispatching_sets_running() -> None:
    row = replace(NEW, jurisdiction=SAMPLE)
    ahead = preview(row, POLICIES, NOW)
    assert [(clock.clock, clock.term) for clock in ahead.now] == [
        ("sign", "1wd"),
        ("contact", "1wd"),
        ("answer", "4wd"),
    ]
    assert ahead.now[0].due == datetime(2026, 3, 3, 16, tzinfo=UTC)
    assert ahead.now[0].trace[0].because == "起始日不计"
    assert ahead.at_signing == []
    again = preview(replace(row, round=2), POLICIES, NOW)
    assert [clock.clock for clock in again.now] == ["sign", "contact", "redo"]


def test_where_the_clocks_run_from_signing_the_terms_say_so() -> None:
    late = POLICIES.published(document(replace(terms(), unit_clock_from="signing"), 2))
    ahead = preview(replace(NEW, jurisdiction=SAMPLE), late, NOW)
    assert [clock.clock for clock in ahead.now] == ["sign"]
    assert [clock.clock for clock in ahead.at_signing] == ["contact", "answer"]


@pytest.mark.parametrize(
    ("reply", "failed"),
    [
        ("样例:已到现场核实,更换阀门并冲洗管道,水质恢复正常,请放心使用。", set()),
        ("样例:请电联13912345678", {"length", "measures", "personal"}),
        ("样例:身份证 11010519491231002X 已核实,材料齐全,三个工作日内办结。", {"personal"}),
    ],
)
def test_a_reviewer_is_told_what_an_answer_lacks_and_what_it_gives_away(reply: str, failed: set[str]) -> None:
    assert {one.point for one in checks(reply, "样例") if not one.passed} == failed
    assert "feedback" in {one.point for one in checks(reply, " ") if not one.passed}


def surveying(**change: Any) -> Any:
    return replace(NEW, jurisdiction=SAMPLE, stage="surveying", lead="water", **change)


def test_a_grade_says_what_it_brings() -> None:
    first = by_grade(standing(surveying(), []), OPERATOR, POLICIES, NOW)
    assert [type(event) for event in first["satisfied"]] == [SurveyAnswered, Closed]
    assert first["dissatisfied"][1] == RedoOrdered(2, "centre")
    last = by_grade(standing(surveying(round=2), []), OPERATOR, POLICIES, NOW)
    assert isinstance(last["dissatisfied"][1], Closed)


def test_the_next_call_waits_as_long_as_policy_says() -> None:
    tried = Line(3, NOW, "SurveyAttempted", "o", "operator", None, {"method": "phone", "attempt": 1})
    row = surveying(attempts=1)
    hand = Hand(row, NOW, [tried], [], standing(row, [tried]))
    assert again_from(hand, POLICIES, NOW) == datetime(2026, 3, 3, 16, tzinfo=UTC)
    assert again_from(hand, POLICIES, datetime(2026, 3, 4, tzinfo=UTC)) is None
    assert again_from(Hand(surveying(), NOW, [], [], hand.stands), POLICIES, NOW) is None
