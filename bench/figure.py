"""One measured figure and what it must reach."""

from typing import NamedTuple


class Figure(NamedTuple):
    """``at_most`` for times and sizes, else the target is a floor; ``about`` says what was run."""

    bench: str
    value: float
    unit: str
    target: float
    about: str
    at_most: bool = False

    def line(self) -> dict[str, object]:
        """As the JSON line says it."""
        reached = self.value <= self.target if self.at_most else self.value >= self.target
        return {
            "bench": self.bench,
            "value": round(self.value, 1),
            "unit": self.unit,
            "target": self.target,
            "reached": reached,
            "about": self.about,
        }


def percentile(values: list[float], share: float) -> float:
    """The value that ``share`` of the sorted values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
