"""The time of many tickets: nothing of it is lost between its owners, and nothing counted twice."""

from datetime import timedelta
from itertools import product

from msgspec.structs import replace

from services.console.numbers.hands import CHARGED, ELSEWHERE, HOTLINE, NOT_CHARGED, Spent, ran
from services.console.numbers.time_ledger import Part
from services.console.pages.styleguide import BUSY, HOUR, NEW, NOW

A_DAY = 24 * HOUR
RETURNED = [
    Part("hotline", None, NOW, NOW + HOUR, "hotline", "dispatching"),
    Part("unit", "road", NOW + HOUR, NOW + 3 * HOUR, None, "return_upheld"),
    Part("hotline", "road", NOW + 3 * HOUR, NOW + 4 * HOUR, "hotline", "ruling"),
    Part("unit", "water", NOW + 4 * HOUR, NOW + 9 * HOUR, "unit", "handling"),
    Part("hotline", "water", NOW + 9 * HOUR, NOW + 10 * HOUR, "unit", "answer_sent_back"),
    Part("unit", "water", NOW + 10 * HOUR, NOW + 11 * HOUR, "unit", "handling"),
    Part("hotline", "water", NOW + 11 * HOUR, NOW + A_DAY, "hotline", "surveying", on_clock=False),
]
IMPORTED = [
    Part("elsewhere", None, NOW - A_DAY, NOW, None, "imported"),
    Part("unit", "water", NOW, NOW + 2 * HOUR, "unit", "signing"),
]
SPENT = Spent([NEW, BUSY], {NEW.id: RETURNED, BUSY.id: IMPORTED}, whole=True)


def test_a_unit_is_charged_for_its_own_hands_and_for_what_its_answer_cost_the_hotline() -> None:
    charged = SPENT.sum("unit", "water", CHARGED)
    assert (charged.length, charged.tickets) == (9 * HOUR, 2)
    assert [held.length for held in SPENT.held("unit", "water", CHARGED)] == [7 * HOUR, 2 * HOUR]


def test_a_justified_return_stands_with_the_unit_and_is_not_charged() -> None:
    assert SPENT.sum("unit", "road", CHARGED).tickets == 0
    assert SPENT.sum("unit", "road", NOT_CHARGED).length == 2 * HOUR


def test_the_units_that_are_charged_most_come_first() -> None:
    assert SPENT.units == ["water", "road"]


def test_all_sums_together_are_as_long_as_the_citizens_clocks_ran() -> None:
    owners = [("hotline", None), ("elsewhere", None), ("unit", "water"), ("unit", "road")]
    causes = (*CHARGED, *NOT_CHARGED, *HOTLINE, *ELSEWHERE)
    sums = [SPENT.sum(holder, unit, (cause,)).length for (holder, unit), cause in product(owners, causes)]  # type: ignore[arg-type]
    assert sum(sums, timedelta()) == ran(RETURNED) + ran(IMPORTED) == 37 * HOUR


def test_a_ticket_counts_once_however_often_it_was_in_those_hands() -> None:
    assert SPENT.sum("unit", "water", ("handling",)).tickets == 1
    again = Spent([NEW], {NEW.id: [*RETURNED, replace(RETURNED[3], unit="water")]}, whole=True)
    assert again.sum("unit", "water", ("handling",)).tickets == 1
