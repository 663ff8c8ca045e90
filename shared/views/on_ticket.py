# ruff: noqa: ARG001 (every change takes the same three arguments)
"""What each event changes in its ticket's row: one function a kind, found through ``CHANGES``.

An event without a function changes only the timeline; a test names those.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from shared.ticket import events as e
from shared.views.rows import TicketRow

Change = Callable[[TicketRow, Any, datetime], None]
UNIT_CLOCKS = ("sign", "contact", "answer", "redo")


def new(
    event: e.Registered | e.HistoryImported, ticket: str, jurisdiction: str, partition: int, at: datetime
) -> TicketRow:
    """The row that a first event makes; ``at`` is the record's time."""
    return TicketRow(
        ticket, event.number, jurisdiction, event.channel, event.account, event.external_id, event.scope,
        confidential=False, public=False,
        demand=event.demand, urgency=event.urgency, topic=event.topic, place=event.place, title=None,
        stage="registered", outcome=None, triaged=False, round=1,
        lead=None, assisting=[], handler=None, units=[], grade=None, version=0,
        registered_at=at, clock_from=at, assigned_at=None, signed_at=None, contacted_at=None,
        answered_at=None, approved_at=None, surveyed_at=None, closed_at=None,
        citizen_due=None, citizen_stopped_at=None, unit_due=None, unit_stopped_at=None,
        citizen_missed=False, unit_missed=False, missed=False, on_time=None,
        returns=0, assignments=0, redos=0, attempts=0, supplements=0, undelivered=0,
        warnings=0, urges=0, urges_ordered=0, imported=False,
        reopened_at=None, first_outcome=None, first_grade=None, first_closed_at=None,
        partition=partition, source=-1, changed_at=at,
    )  # fmt: skip


def settle(row: TicketRow) -> None:
    """What follows from the other columns, in whatever order they were learned."""
    stopped, due = row.citizen_stopped_at, row.citizen_due
    row.on_time = stopped < due if stopped and due else None
    row.citizen_missed = row.citizen_missed or row.on_time is False
    row.missed = row.citizen_missed or row.unit_missed


def _registered(row: TicketRow, event: e.Registered, at: datetime) -> None:
    row.clock_from, row.confidential, row.public = event.clock_from, event.confidential, event.public


def _imported(row: TicketRow, event: e.HistoryImported, at: datetime) -> None:
    """The past as claimed. Its citizen's clock stopped with the answer, where none is told with the end."""
    past = event.past
    row.imported = True
    row.registered_at = row.clock_from = past.registered_at
    row.citizen_due, row.answered_at, row.closed_at = past.due, past.answered_at, past.closed_at
    row.lead, row.grade, row.outcome = past.unit, past.grade, past.outcome
    row.units = [past.unit] if past.unit else []
    row.assigned_at = past.registered_at if past.unit else None
    row.assignments = 1 if past.unit else 0
    row.stage = "closed" if past.outcome else "assigned" if past.unit else "registered"
    row.triaged = not past.outcome and not past.unit
    row.citizen_stopped_at = (past.answered_at or past.closed_at) if past.outcome else None


def _supplemented(row: TicketRow, event: e.Supplemented, at: datetime) -> None:
    row.supplements += 1


def _reclassified(row: TicketRow, event: e.Reclassified, at: datetime) -> None:
    row.demand, row.urgency, row.topic, row.place = event.demand, event.urgency, event.topic, event.place


def _triaged(row: TicketRow, event: e.Triaged, at: datetime) -> None:
    row.triaged = True


def _accepted(row: TicketRow, event: e.Accepted, at: datetime) -> None:
    row.stage = "accepted"


def _declined(row: TicketRow, event: e.Declined, at: datetime) -> None:
    row.outcome = "declined"
    _end(row, at)


def _answered_directly(row: TicketRow, event: e.AnsweredDirectly, at: datetime) -> None:
    row.outcome, row.answered_at = "answered_directly", at
    _end(row, at)


def _assigned(row: TicketRow, event: e.Assigned, at: datetime) -> None:
    """The unit's clocks and steps start anew; the citizen's clock goes on."""
    row.stage, row.triaged, row.round = "assigned", False, event.round
    row.lead, row.assisting, row.handler = event.lead, event.assisting, event.handler
    row.units = [*row.units, *(u for u in (event.lead, *event.assisting) if u not in row.units)]
    row.assignments += 1
    row.assigned_at = at
    row.signed_at = row.contacted_at = row.answered_at = row.approved_at = None
    row.unit_due = row.unit_stopped_at = None


def _signed(row: TicketRow, event: e.Signed, at: datetime) -> None:
    row.stage, row.signed_at, row.handler = "signed", at, event.handler or row.handler


def _contacted(row: TicketRow, event: e.Contacted, at: datetime) -> None:
    row.contacted_at = row.contacted_at or at


def _return_requested(row: TicketRow, event: e.ReturnRequested, at: datetime) -> None:
    row.stage = "return_requested"


def _return_ruled(row: TicketRow, event: e.ReturnRuled, at: datetime) -> None:
    if not event.upheld:
        row.stage = "signed" if row.signed_at else "assigned"
        return
    row.stage, row.lead, row.handler, row.assisting = "accepted", None, None, []
    row.returns += 1
    row.triaged = not event.to
    row.unit_due = row.unit_stopped_at = None


def _answered(row: TicketRow, event: e.Answered, at: datetime) -> None:
    row.stage, row.answered_at = "answered", at
    row.unit_stopped_at = row.unit_stopped_at or at


def _sent_back(row: TicketRow, event: e.AnswerSentBack, at: datetime) -> None:
    """The unit's clock runs on: an answer that did not hold did not stop it."""
    row.stage, row.answered_at, row.unit_stopped_at = "signed", None, None


def _approved(row: TicketRow, event: e.AnswerApproved, at: datetime) -> None:
    row.approved_at = at
    row.citizen_stopped_at = row.citizen_stopped_at or at


def _survey_opened(row: TicketRow, event: e.SurveyOpened, at: datetime) -> None:
    row.stage, row.surveyed_at, row.attempts, row.grade = "surveying", at, 0, None


def _survey_attempted(row: TicketRow, event: e.SurveyAttempted, at: datetime) -> None:
    row.attempts = event.attempt


def _survey_answered(row: TicketRow, event: e.SurveyAnswered, at: datetime) -> None:
    row.grade = event.grade


def _redo_ordered(row: TicketRow, event: e.RedoOrdered, at: datetime) -> None:
    row.stage, row.round, row.lead, row.handler = "redo", event.round, event.unit, None
    row.units = row.units if event.unit in row.units else [*row.units, event.unit]
    row.redos += 1
    row.unit_due = row.unit_stopped_at = None


def _reopened(row: TicketRow, event: e.Reopened, at: datetime) -> None:
    """The closing that is disputed stays told; whether the citizen's clock was in time does not change any more."""
    row.reopened_at = at
    row.first_outcome, row.first_grade, row.first_closed_at = row.outcome, row.grade, row.closed_at
    row.outcome = row.closed_at = None


def _closed(row: TicketRow, event: e.Closed, at: datetime) -> None:
    row.outcome, row.grade = event.outcome, event.grade
    _end(row, at)


def _end(row: TicketRow, at: datetime) -> None:
    row.stage, row.triaged, row.closed_at = "closed", False, at
    row.citizen_stopped_at = row.citizen_stopped_at or at


def _deadline_set(row: TicketRow, event: e.DeadlineSet, at: datetime) -> None:
    if event.clock == "citizen":
        row.citizen_due = event.due
    elif event.clock in ("answer", "redo") and event.round == row.round:
        row.unit_due = event.due


def _deadline_missed(row: TicketRow, event: e.DeadlineMissed, at: datetime) -> None:
    row.citizen_missed = row.citizen_missed or event.clock == "citizen"
    row.unit_missed = row.unit_missed or event.clock in UNIT_CLOCKS


def _deadline_warned(row: TicketRow, event: e.DeadlineWarned, at: datetime) -> None:
    row.warnings += 1


def _urged(row: TicketRow, event: e.Urged, at: datetime) -> None:
    row.urges += 1


def _urge_ordered(row: TicketRow, event: e.UrgeOrdered, at: datetime) -> None:
    row.urges_ordered += 1


def _delivery_failed(row: TicketRow, event: e.DeliveryFailed, at: datetime) -> None:
    row.undelivered += 1


CHANGES: dict[type, Change] = {
    e.Registered: _registered,
    e.HistoryImported: _imported,
    e.Supplemented: _supplemented,
    e.Reclassified: _reclassified,
    e.Triaged: _triaged,
    e.Accepted: _accepted,
    e.Declined: _declined,
    e.AnsweredDirectly: _answered_directly,
    e.Assigned: _assigned,
    e.Signed: _signed,
    e.Contacted: _contacted,
    e.ReturnRequested: _return_requested,
    e.ReturnRuled: _return_ruled,
    e.Answered: _answered,
    e.AnswerSentBack: _sent_back,
    e.AnswerApproved: _approved,
    e.SurveyOpened: _survey_opened,
    e.SurveyAttempted: _survey_attempted,
    e.SurveyAnswered: _survey_answered,
    e.RedoOrdered: _redo_ordered,
    e.Reopened: _reopened,
    e.Closed: _closed,
    e.DeadlineSet: _deadline_set,
    e.DeadlineMissed: _deadline_missed,
    e.DeadlineWarned: _deadline_warned,
    e.Urged: _urged,
    e.UrgeOrdered: _urge_ordered,
    e.DeliveryFailed: _delivery_failed,
}
