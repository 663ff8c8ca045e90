"""指标 as a table: a row a unit or channel, each cell a number with the lists behind it (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from shared.figures import BY_NAME, FIGURES, Figure

COUNTS = tuple(figure for figure in FIGURES if figure.of is None)
RATES = tuple(figure for figure in FIGURES if figure.of is not None)
WORST_FIRST = "on_time_rate"
"""What a table is sorted by unless the reader says otherwise."""
FEWEST = 3
"""A rank is told only among so many: between two it would tell the other's figure."""


class Cell(Struct, frozen=True):
    """A figure's numbers; ``of`` and ``excluded`` of a rate only."""

    count: int
    of: int | None = None
    excluded: int | None = None

    @property
    def rate(self) -> float | None:
        """The quotient; None for a count, and where there is nothing to divide by."""
        return self.count / self.of if self.of else None


class Row(Struct, frozen=True):
    """A unit or a channel with its figures by name."""

    key: str
    cells: dict[str, Cell]


def rows(said: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The rows as ``Figures.numbers`` answers them."""
    return [
        Row(one["key"], {name: _cell(numbers) for name, numbers in one["figures"].items()}) for one in said
    ]


def _cell(numbers: Mapping[str, Any]) -> Cell:
    return Cell(numbers["count"], numbers.get("of"), numbers.get("excluded"))


def total(shown: Sequence[Row]) -> dict[str, Cell]:
    """All rows together: each ticket is in one row only."""
    return {figure.name: _sum(figure, [row.cells[figure.name] for row in shown]) for figure in FIGURES}


def _sum(figure: Figure, cells: Sequence[Cell]) -> Cell:
    count = sum(cell.count for cell in cells)
    if figure.of is None:
        return Cell(count)
    return Cell(count, sum(cell.of or 0 for cell in cells), sum(cell.excluded or 0 for cell in cells))


def sorted_by(shown: Sequence[Row], name: str) -> list[Row]:
    """A rate's lowest first, a count's highest first; where there is no rate, last."""

    def place(row: Row) -> tuple[bool, float, str]:
        cell = row.cells[name]
        if BY_NAME[name].of is None:
            return False, -cell.count, row.key
        return cell.rate is None, cell.rate or 0.0, row.key

    return sorted(shown, key=place)


class Rank(Struct, frozen=True):
    """The place among so many peers with a rate, the best first; equals share one.

    place   None where that would tell more than the place: the peers are too few
    """

    place: int | None
    among: int


def rank(peers: Sequence[Row], key: str, name: str) -> Rank | None:
    """Where a unit's rate stands among its peers'; None of a unit without one."""
    rates = {row.key: rate for row in peers if (rate := row.cells[name].rate) is not None}
    if key not in rates:
        return None
    if len(rates) < FEWEST:
        return Rank(None, len(rates))
    return Rank(1 + sum(rate > rates[key] for rate in rates.values()), len(rates))
