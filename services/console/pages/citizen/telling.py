"""What a citizen is told of a ticket: pure functions of its row, its story and its due moments."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from services.console.citizen.citizens import CitizenRow, Line, Promise
from services.console.pages.shown import Due, due_at

State = Literal["done", "now", "ahead"]
WAY = ("received", "assigned", "handling", "answered", "surveying", "closed")
DONE_AT = {"registered": 1, "accepted": 1, "assigned": 2, "signed": 2, "return_requested": 2, "answered": 3}
"""How many steps of the way are done at a stage; the next one is being taken."""
DONE_AT |= {"surveying": 4, "redo": 1, "closed": 6}
BEGUN = ("handling", "surveying")
"""Steps that have their date from where they begin."""


class Step(Struct, frozen=True):
    """A step of the way; ``outcome`` names the last one once it is taken."""

    name: str
    state: State
    at: datetime | None = None
    unit: str | None = None
    outcome: str | None = None


class Told(Struct, frozen=True):
    """A sentence of the story: the catalogue's ``told.<key>`` and what it has places for."""

    key: str
    at: datetime
    unit: str | None = None
    round: int | None = None
    grade: str | None = None
    attempt: int | None = None
    due: datetime | None = None
    before: datetime | None = None


def steps(row: CitizenRow) -> list[Step]:
    """The way of the ticket as far as it has come in this round; one that no unit handled has two steps."""
    times = dict(zip(WAY, _times(row), strict=True))
    if row.stage == "closed" and (row.outcome != "completed" or row.imported):
        return [Step("registered", "done", row.registered_at), _end(row)]
    done = DONE_AT[row.stage]
    taken = [_step(row, name, times[name], place - done) for place, name in enumerate(WAY[:-1])]
    shown = [one for one in taken if not (row.stage == "closed" and one.at is None)]
    return [*shown, _end(row) if row.stage == "closed" else Step("closed", "ahead")]


def _times(row: CitizenRow) -> tuple[datetime | None, ...]:
    return (
        row.registered_at,
        row.assigned_at,
        row.signed_at,
        row.approved_at,
        row.surveyed_at,
        row.closed_at,
    )


def _step(row: CitizenRow, name: str, at: datetime | None, ahead: int) -> Step:
    """``ahead`` is below 0 for what is done and 0 for what is being done now."""
    state: State = "done" if ahead < 0 else "now" if ahead == 0 else "ahead"
    dated = state == "done" or (state == "now" and name in BEGUN)
    unit = row.lead if name == "assigned" and state == "done" else None
    return Step(name, state, at if dated else None, unit)


def _end(row: CitizenRow) -> Step:
    return Step("closed", "done", row.closed_at, outcome=row.outcome)


def story(lines: Iterable[Line]) -> list[Told]:
    """What happened, a sentence an event; what says nothing to a citizen is left out."""
    return list(_told(lines))


def _told(lines: Iterable[Line]) -> Iterator[Told]:
    holder = None
    for line in lines:
        detail = line.detail
        holder = detail.lead or holder
        key = _key(line)
        if key is not None:
            unit = detail.lead or detail.unit or holder
            yield Told(
                key, line.at, unit, detail.round, detail.grade, detail.attempt, detail.due, detail.before
            )


def _key(line: Line) -> str | None:
    detail = line.detail
    match line.kind:
        case "ReturnRuled":
            return "returned" if detail.upheld else "kept"
        case "SurveyAnswered":
            return "rated" if line.own else "surveyed"
        case "DeadlineSet":
            return "moved" if detail.clock == "citizen" and detail.before else None
        case "DeadlineMissed":
            return "missed" if detail.clock == "citizen" else None
        case kind:
            return kind


class Promised(Struct, frozen=True):
    """By when an answer is promised, and how that stands at a moment."""

    promise: Promise
    due: Due


def promised(row: CitizenRow, promises: Sequence[Promise], now: datetime) -> Promised | None:
    """Of the first round the citizen's clock, of a later one the redo's; None where there is none (yet)."""
    if row.outcome not in (None, "completed", "answered_directly"):
        return None
    clock, round = ("citizen", 1) if row.round == 1 else ("redo", row.round)
    for one in promises:
        if (one.clock, one.round) == (clock, round) and one.status != "void":
            due = due_at(one.due, one.stopped_at, now)
            return Promised(one, due) if due else None
    return None


def situation(row: CitizenRow) -> str:
    """The sentence that says how it stands: a word of ``now`` by stage, of ``ended`` by outcome."""
    return f"ended.{row.outcome}" if row.stage == "closed" else f"now.{row.stage}"
