"""How far each partition is read and was verified; what was not, is said to be unknown (pure)."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct, convert

from services.console.proof.inspecting import Verdict
from shared.runs import Run


class Position(NamedTuple):
    """Where the views stand in a partition."""

    partition: int
    offset: int
    source: int
    epoch: int
    head: bytes


class Reach(Struct, frozen=True):
    """How far a verification went in a partition, as ``services/audit`` keeps it."""

    partition: int
    offset: int
    counted: int
    head: str
    differ: int


class Compared(Struct, frozen=True):
    """How many rows of a view there must be, and how many were others."""

    view: str
    rows: int
    differ: int

    @property
    def verdict(self) -> Verdict:
        """Of the comparison."""
        return "differs" if self.differ else "same"


class Partition(NamedTuple):
    """A partition of the record: its end, where the views stand in it, and its last verification."""

    position: Position
    end: int
    reach: Reach | None

    @property
    def behind(self) -> int:
        """Records that the views have not read."""
        return max(0, self.end - 1 - self.position.offset)

    @property
    def verdict(self) -> Verdict:
        """Of what was verified; unknown where nothing was."""
        if self.reach is None or (self.reach.offset == 0 and not self.reach.differ):
            return "unknown"
        return "differs" if self.reach.differ else "same"

    @property
    def unverified(self) -> int:
        """Records behind the last verification."""
        return self.end - (self.reach.offset if self.reach else 0)


def partitions(positions: Iterable[Position], ends: Mapping[int, int], run: Run | None) -> list[Partition]:
    """Every partition, with what the last verification said of it."""
    reached = {one.partition: one for one in convert(run.outcome, list[Reach])} if run else {}
    return [Partition(at, ends[at.partition], reached.get(at.partition)) for at in positions]


def compared(run: Run | None) -> list[Compared]:
    """The views of the last rebuild; none where there was none, or nothing to compare with."""
    return convert(run.outcome, list[Compared]) if run else []
