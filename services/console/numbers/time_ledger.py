"""时间账: who held a ticket how long, to whom it is charged, and why. A function of the ticket's timeline (pure).

The parts follow each other without a gap from where the citizen's clock starts; those up to where it stopped last
exactly as long as that clock ran. Time is elapsed time, day and night.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

Holder = Literal["elsewhere", "hotline", "unit", "nobody"]
"""``elsewhere``: the channel before we were told, or the system that a past is from; ``nobody`` once it has ended."""
Because = Literal[
    "not_told_yet",
    "imported",
    "dispatching",
    "signing",
    "handling",
    "ruling",
    "reviewing",
    "surveying",
    "ended",
    "return_upheld",
    "return_refused",
    "answer_sent_back",
]
"""What was to be done, or what was decided later about that time."""


class Line(NamedTuple):
    """An event of the ticket's timeline."""

    at: datetime
    kind: str
    detail: Mapping[str, Any]


class Span(NamedTuple):
    """The ticket's times as its row shows them; ``until`` is when it was closed, or now."""

    clock_from: datetime
    clock_stopped: datetime | None
    until: datetime


class Part(Struct, frozen=True):
    """A stretch in one pair of hands.

    unit      the one that it is about, also while the hotline has the ticket
    charged   to whom it counts, None for nobody
    on_clock  whether the citizen's clock ran
    """

    holder: Holder
    unit: str | None
    start: datetime
    end: datetime
    charged: Literal["hotline", "unit"] | None
    because: Because
    on_clock: bool = True

    @property
    def length(self) -> timedelta:
        """From its start to its end."""
        return self.end - self.start


def time_ledger(lines: Iterable[Line], span: Span) -> list[Part]:
    """Who held the ticket, in order; ``lines`` in the record's order, those that change no hands do no harm."""
    ledger = _Ledger(span)
    for line in lines:
        if change := CHANGES.get(line.kind):
            change(ledger, line)
    stop = span.clock_stopped or span.until
    return [half for part in ledger.parts for half in _halves(part, stop) if half.length]


SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def in_full_minutes(parts: Sequence[Part]) -> list[Part]:
    """The parts as people are told them: to the minute, or to the second where all of them are not an hour long.

    It is the moments between them that are rounded and not their lengths: so whatever lengths are shown add up to
    the sum that is shown of them.
    """
    if not parts:
        return []
    begin = parts[0].start
    unit = SECOND if parts[-1].end - begin < HOUR else MINUTE

    def full(moment: datetime) -> datetime:
        return begin + (moment - begin) // unit * unit

    return [replace(part, start=full(part.start), end=full(part.end)) for part in parts]


class _Ledger:
    """The parts so far; the last one lasts to the end, until somebody else takes the ticket."""

    def __init__(self, span: Span) -> None:
        self.until = span.until
        self.parts = [Part("elsewhere", None, span.clock_from, span.until, None, "not_told_yet")]
        self.assigned = 0
        """The first part of the assignment in force."""

    @property
    def unit(self) -> str | None:
        return self.parts[-1].unit

    def take(self, at: datetime, holder: Holder, because: Because, unit: str | None) -> None:
        """Neither an imported time nor a broker's clock that went back makes a part begin before the one before."""
        moment = min(max(at, self.parts[-1].start), self.until)
        self.parts[-1] = replace(self.parts[-1], end=moment)
        charged = holder if holder in ("hotline", "unit") else None
        self.parts.append(Part(holder, unit, moment, self.until, charged, because))

    def judge(self, start: int, charged: Literal["unit"] | None, because: Because) -> None:
        """Charge the parts from there on anew."""
        self.parts[start:] = [replace(part, charged=charged, because=because) for part in self.parts[start:]]


def _halves(part: Part, stop: datetime) -> list[Part]:
    """The part before and after the moment when the citizen's clock stopped."""
    middle = min(max(stop, part.start), part.end)
    return [replace(part, end=middle), replace(part, start=middle, on_clock=False)]


def _registered(ledger: _Ledger, line: Line) -> None:
    ledger.take(line.at, "hotline", "dispatching", None)


def _imported(ledger: _Ledger, line: Line) -> None:
    ledger.judge(0, None, "imported")
    if unit := line.detail.get("unit"):
        _to_unit(ledger, line.at, unit)
    else:
        ledger.take(line.at, "hotline", "dispatching", None)


def _assigned(ledger: _Ledger, line: Line) -> None:
    _to_unit(ledger, line.at, line.detail["lead"])


def _to_unit(ledger: _Ledger, at: datetime, unit: str) -> None:
    ledger.assigned = len(ledger.parts)
    ledger.take(at, "unit", "signing", unit)


def _signed(ledger: _Ledger, line: Line) -> None:
    ledger.take(line.at, "unit", "handling", ledger.unit)


def _return_requested(ledger: _Ledger, line: Line) -> None:
    ledger.take(line.at, "hotline", "ruling", ledger.unit)


def _ruled(ledger: _Ledger, line: Line) -> None:
    """A justified return is not charged to the unit that returned (design §4); after another one its clock ran on."""
    if line.detail["upheld"]:
        *held, ruling = ledger.parts
        ledger.parts = held
        ledger.judge(ledger.assigned, None, "return_upheld")
        ledger.parts.append(ruling)
        ledger.take(line.at, "hotline", "dispatching", None)
        return
    ledger.judge(len(ledger.parts) - 1, "unit", "return_refused")
    signed = any(part.because == "handling" for part in ledger.parts[ledger.assigned :])
    ledger.take(line.at, "unit", "handling" if signed else "signing", ledger.unit)


def _answered(ledger: _Ledger, line: Line) -> None:
    ledger.take(line.at, "hotline", "reviewing", ledger.unit)


def _sent_back(ledger: _Ledger, line: Line) -> None:
    """An answer that did not hold did not stop the unit's clock."""
    ledger.judge(len(ledger.parts) - 1, "unit", "answer_sent_back")
    ledger.take(line.at, "unit", "handling", ledger.unit)


def _approved(ledger: _Ledger, line: Line) -> None:
    ledger.take(line.at, "hotline", "surveying", ledger.unit)


def _ended(ledger: _Ledger, line: Line) -> None:
    ledger.take(line.at, "nobody", "ended", None)


CHANGES: dict[str, Callable[[_Ledger, Line], None]] = {
    "Registered": _registered,
    "HistoryImported": _imported,
    "Assigned": _assigned,
    "Signed": _signed,
    "ReturnRequested": _return_requested,
    "ReturnRuled": _ruled,
    "Answered": _answered,
    "AnswerSentBack": _sent_back,
    "AnswerApproved": _approved,
    "RedoOrdered": _registered,
    "Closed": _ended,
    "Declined": _ended,
    "AnsweredDirectly": _ended,
}
"""The events after which somebody else has the ticket, or something else to do with it."""
