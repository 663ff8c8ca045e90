"""The table of figures: worst first, sums of its rows, and a rank that tells nothing but a place."""

import pytest

from services.console.pages.supervising.matrix import COUNTS, RATES, Cell, Rank, Row, rank, sorted_by, total


def row(key: str, on_time: int, of: int) -> Row:
    cells = {figure.name: Cell(of) for figure in COUNTS} | {
        figure.name: Cell(on_time, of, 1) for figure in RATES
    }
    return Row(key, cells)


ROWS = [row("good", 9, 10), row("none", 0, 0), row("bad", 1, 10), row("fair", 5, 10)]


@pytest.mark.parametrize(
    ("by", "order"),
    [("on_time_rate", ["bad", "fair", "good", "none"]), ("received", ["bad", "fair", "good", "none"])],
)
def test_the_worst_rate_and_the_highest_count_come_first(by: str, order: list[str]) -> None:
    assert [one.key for one in sorted_by(ROWS, by)] == order


def test_a_total_is_the_sum_of_its_rows() -> None:
    cell = total(ROWS)["on_time_rate"]
    assert (cell.count, cell.of, cell.excluded, cell.rate) == (15, 30, 4, 0.5)


def test_equals_share_a_place_and_units_without_a_rate_have_none() -> None:
    peers = [*ROWS, row("also_good", 9, 10)]
    places = {one.key: rank(peers, one.key, "on_time_rate") for one in peers}
    assert places == {
        "good": Rank(1, 4), "also_good": Rank(1, 4), "fair": Rank(3, 4), "bad": Rank(4, 4), "none": None,
    }  # fmt: skip


def test_between_two_there_is_no_rank_since_it_would_tell_the_others() -> None:
    assert rank(ROWS[:1] + ROWS[2:3], "good", "on_time_rate") == Rank(None, 2)
