"""What each event changes in its ticket's clocks: which ones it touches, and how they stand after it."""

from datetime import datetime

from msgspec import json

from services.projector.rows import DeadlineRow, Rows, TicketRow
from shared.ticket import events as e
from shared.ticket.words import Clock

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
Key = tuple[str, Clock, int]
UNIT_CLOCKS: tuple[Clock, ...] = ("sign", "contact", "answer", "redo")

_json = json.Encoder().encode


def touched(event: e.Event) -> tuple[Clock, ...]:
    """The clocks whose rows the event may change."""
    match event:
        case e.DeadlineSet() | e.DeadlineWarned() | e.DeadlineMissed():
            return (event.clock,)
        case e.AnswerSentBack():
            return RUN_ON
        case e.ReturnRuled(upheld=True):
            return UNIT_CLOCKS
        case e.SurveyLapsed():
            return ("survey",)
        case _:
            return STOPS.get(type(event), ())


def change(rows: Rows, ticket: TicketRow, event: e.Event, at: datetime) -> None:
    """Apply one event to the clocks of a ticket; ``ticket`` stands as before the event."""
    match event:
        case e.DeadlineSet():
            _set(rows, ticket, event)
        case e.DeadlineWarned():
            _mark(rows, _key(ticket, event.clock, event.round), "warned")
        case e.DeadlineMissed():
            _mark(rows, _key(ticket, event.clock, event.round), "missed")
        case e.SurveyLapsed():
            _mark(rows, _key(ticket, "survey", event.round), "missed")
        case e.AnswerSentBack():
            for clock in RUN_ON:
                _run_on(rows.deadlines.get(_key(ticket, clock, ticket.round)))
        case e.ReturnRuled(upheld=True):
            for clock in UNIT_CLOCKS:
                _mark(rows, _key(ticket, clock, ticket.round), "void")
        case _:
            for clock in STOPS.get(type(event), ()):
                if row := rows.deadlines.get(_key(ticket, clock, ticket.round)):
                    _stop(row, at)


def _key(ticket: TicketRow, clock: Clock, of_round: int) -> Key:
    """The citizen's clock is one for all rounds; every other one starts anew with each."""
    return ticket.id, clock, 1 if clock == "citizen" else of_round


def _set(rows: Rows, ticket: TicketRow, event: e.DeadlineSet) -> None:
    """A due moment that comes, or moves, after its clock has stopped is judged by when it stopped."""
    key = _key(ticket, event.clock, event.round)
    row = DeadlineRow(
        *key, event.start, event.due, event.before, event.term, event.warn_at, event.provisional,
        _json(event.trace).decode(), _json(event.policies).decode(), "running", None,
    )  # fmt: skip
    rows.deadlines[key] = row
    if stopped := _stopped(ticket, event.clock):
        _stop(row, stopped)


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
