# ruff: noqa: ARG001 (every change takes the same four arguments)
"""What each event changes in its ticket's clocks: which ones it touches, and how they stand after it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import Raw, json

from shared.ticket import events as e
from shared.ticket.words import Clock
from shared.views.rows import DeadlineRow, Rows, TicketRow

STOPS: dict[type, tuple[Clock, ...]] = {
    e.Signed: ("sign",),
    e.Contacted: ("contact",),
    e.Answered: ("answer", "redo", "contact"),
    e.AnswerApproved: ("citizen",),
    e.SurveyAnswered: ("survey",),
    e.Closed: ("citizen", "survey"),
    e.Declined: ("citizen", "survey"),
    e.AnsweredDirectly: ("citizen", "survey"),
}
"""The clocks that an event stops, as ``shared.ticket.state`` stops them."""
RUN_ON: tuple[Clock, ...] = ("answer", "redo")
UNIT_CLOCKS: tuple[Clock, ...] = ("sign", "contact", "answer", "redo")
OTHERS: dict[type, tuple[Clock, ...]] = {
    e.AnswerSentBack: RUN_ON,
    e.ReturnRuled: UNIT_CLOCKS,
    e.SurveyLapsed: ("survey",),
}
"""The clocks that an event changes in another way."""
TOUCHED = STOPS | OTHERS
NAMED = {e.DeadlineSet, e.DeadlineWarned, e.DeadlineMissed}
"""The events that name their clock."""
Key = tuple[str, Clock, int]
Change = Callable[[Rows, TicketRow, Any, datetime], None]

_json = json.Encoder().encode


def touched(event: Any) -> tuple[Clock, ...]:
    """The clocks whose rows the event may change."""
    kind = type(event)
    return (event.clock,) if kind in NAMED else TOUCHED.get(kind, ())


def _key(ticket: TicketRow, clock: Clock, of_round: int) -> Key:
    """The citizen's clock is one for all rounds; every other one starts anew with each."""
    return ticket.id, clock, 1 if clock == "citizen" else of_round


def _set(rows: Rows, ticket: TicketRow, event: e.DeadlineSet, at: datetime) -> None:
    """A due moment that comes, or moves, after its clock has stopped is judged by when it stopped."""
    key = _key(ticket, event.clock, event.round)
    row = DeadlineRow(
        *key, event.start, event.due, event.before, event.term, event.warn_at, event.provisional,
        Raw(_json(event.trace)), Raw(_json(event.policies)), "running", None,
    )  # fmt: skip
    rows.deadlines[key] = row
    if stopped := _stopped(ticket, event.clock):
        _stop(row, stopped)


def _warned(rows: Rows, ticket: TicketRow, event: e.DeadlineWarned, at: datetime) -> None:
    _mark(rows, _key(ticket, event.clock, event.round), "warned")


def _missed(rows: Rows, ticket: TicketRow, event: e.DeadlineMissed, at: datetime) -> None:
    _mark(rows, _key(ticket, event.clock, event.round), "missed")


def _lapsed(rows: Rows, ticket: TicketRow, event: e.SurveyLapsed, at: datetime) -> None:
    _mark(rows, _key(ticket, "survey", event.round), "missed")


def _sent_back(rows: Rows, ticket: TicketRow, event: e.AnswerSentBack, at: datetime) -> None:
    for clock in RUN_ON:
        _run_on(rows.deadlines.get(_key(ticket, clock, ticket.round)))


def _ruled(rows: Rows, ticket: TicketRow, event: e.ReturnRuled, at: datetime) -> None:
    if event.upheld:
        for clock in UNIT_CLOCKS:
            _mark(rows, _key(ticket, clock, ticket.round), "void")


def _ended(rows: Rows, ticket: TicketRow, event: e.Event, at: datetime) -> None:
    for clock in STOPS[type(event)]:
        if row := rows.deadlines.get(_key(ticket, clock, ticket.round)):
            _stop(row, at)


def _stopped(ticket: TicketRow, clock: Clock) -> datetime | None:
    if clock == "citizen":
        return ticket.citizen_stopped_at
    if clock == "sign":
        return ticket.signed_at
    if clock == "contact":
        return ticket.contacted_at or ticket.answered_at
    return ticket.closed_at if clock == "survey" else ticket.unit_stopped_at


def _mark(rows: Rows, key: Key, status: str) -> None:
    if row := rows.deadlines.get(key):
        row.status = status


def _stop(row: DeadlineRow, at: datetime) -> None:
    """In time if it stops before the due moment; a clock stops once."""
    if row.stopped_at is not None or row.status == "void":
        return
    row.stopped_at = at
    if row.status != "missed":
        row.status = "met" if at < row.due else "missed"


def _run_on(row: DeadlineRow | None) -> None:
    if row is not None and row.stopped_at is not None:
        row.stopped_at = None
        row.status = "running" if row.status == "met" else row.status


CHANGES: dict[type, Change] = dict.fromkeys(STOPS, _ended) | {
    e.DeadlineSet: _set,
    e.DeadlineWarned: _warned,
    e.DeadlineMissed: _missed,
    e.SurveyLapsed: _lapsed,
    e.AnswerSentBack: _sent_back,
    e.ReturnRuled: _ruled,
}
"""How an event changes them; the ticket's row stands as before the event."""
