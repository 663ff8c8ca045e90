"""答复审核、回访、重办、办结、申诉、回告: what follows a unit's answer."""

from datetime import datetime

from msgspec import UNSET

from shared.deadline import Term, due
from shared.policy.surveys import Surveys
from shared.policy.units import Units
from shared.ticket import commands as c
from shared.ticket import events as e
from shared.ticket.refusals import Refusal, refuse
from shared.ticket.situation import Situation
from shared.ticket.state import Ticket
from shared.ticket.words import Grade, Sealed


def approve(ticket: Ticket, body: c.Approve, now: Situation) -> list[e.Event] | Refusal:
    """The reply becomes the citizen's and a survey opens, unless policy asks for none on this kind of demand."""
    surveys = now.surveys()
    if surveys is None:
        return refuse("no_policy", jurisdiction=ticket.jurisdiction, kind="surveys")
    approved = e.AnswerApproved(ticket.reply or Sealed(""), ticket.round)
    if ticket.demand in surveys.no_survey_for:
        return [approved, e.Closed("completed")]
    return [approved, e.SurveyOpened(ticket.round)]


def send_back(ticket: Ticket, body: c.SendBack, now: Situation) -> list[e.Event] | Refusal:
    """退回重办: the unit's clock runs on."""
    return [e.AnswerSentBack(body.reason)]


def record_survey(ticket: Ticket, body: c.RecordSurvey, now: Situation) -> list[e.Event] | Refusal:
    """Satisfied or fairly → closed with that grade; dissatisfied → another round as long as policy gives one."""
    if body.round is not None and body.round != ticket.round:
        return refuse("other_round", rated=body.round, now=ticket.round)
    answered = e.SurveyAnswered(body.grade, ticket.round, body.solved, body.words, body.partly, body.reasons)
    if _brings_redo(body.grade, now) and (again := _another_round(ticket, now)):
        return [answered, again]
    return [answered, e.Closed("completed", body.grade)]


def _brings_redo(grade: Grade, now: Situation) -> bool:
    surveys = now.surveys()
    return surveys is not None and grade in surveys.scale.dissatisfied


def _another_round(ticket: Ticket, now: Situation, reason: Sealed | None = None) -> e.RedoOrdered | None:
    """The next round at the same unit or its superior; None when policy's rounds are used up."""
    surveys, units = now.surveys(), now.units()
    if surveys is None or units is None or ticket.lead is None or ticket.round >= surveys.max_rounds:
        return None
    return e.RedoOrdered(ticket.round + 1, redone_by(ticket.lead, surveys, units), reason)


def redone_by(lead: str, surveys: Surveys, units: Units) -> str:
    """Whose the next round is: the unit's own, or its superior's where policy says so and there is one."""
    unit = units.find(lead)
    above = unit.superior if unit and surveys.redo_by == "superior" else None
    return above or lead


def record_attempt(ticket: Ticket, body: c.RecordAttempt, now: Situation) -> list[e.Event] | Refusal:
    """回访未果: after policy's number of attempts the survey lapses, unrated."""
    attempt = ticket.attempts + 1
    attempted = e.SurveyAttempted(body.method, attempt)
    surveys = now.surveys()
    if surveys and attempt >= surveys.max_attempts:
        return [attempted, *lapse(ticket, attempt)]
    return [attempted]


def lapse(ticket: Ticket, attempts: int) -> list[e.Event]:
    """The survey ends without a rating; the ticket closes unrated; an earlier round's grade is not used again."""
    return [e.SurveyLapsed(ticket.round, attempts), e.Closed("completed")]


def redo(ticket: Ticket, body: c.Redo, now: Situation) -> list[e.Event] | Refusal:
    """重办 by an operator; not bound to the survey's rounds."""
    again = _another_round(ticket, now, body.reason)
    return [again] if again else [e.RedoOrdered(ticket.round + 1, ticket.lead or "", body.reason)]


def dispute(ticket: Ticket, body: c.Dispute, now: Situation) -> list[e.Event] | Refusal:
    """申诉重开: once, within the time that policy gives from the end of a ticket that a unit has completed.

    The next round is the superior's where policy says so, with a clock and a survey of its own; not bound to the
    survey's rounds.
    """
    if ticket.outcome != "completed" or ticket.lead is None or ticket.closed_at is None:
        return refuse("not_disputable")
    if ticket.disputed:
        return refuse("disputed_already")
    if refused := _disputed_too_late(ticket, ticket.closed_at, now):
        return refused
    again = _another_round(ticket, now) or e.RedoOrdered(ticket.round + 1, ticket.lead)
    return [e.Reopened(ticket.round, body.reason), again]


def _disputed_too_late(ticket: Ticket, closed_at: datetime, now: Situation) -> Refusal | None:
    surveys, terms = now.surveys(), now.terms()
    if surveys is None or surveys.dispute_within is UNSET:
        return refuse("no_dispute", jurisdiction=ticket.jurisdiction)
    calendar = now.policies.calendar(terms.calendar, now.at) if terms else None
    if calendar is None:
        return refuse("no_policy", jurisdiction=ticket.jurisdiction, kind="terms")
    until = due(closed_at, Term.parse(surveys.dispute_within), calendar).due
    return refuse("dispute_too_late", due=until.isoformat()) if now.at >= until else None


def close(ticket: Ticket, body: c.Close, now: Situation) -> list[e.Event] | Refusal:
    """办结 without a rating, with the reason."""
    return [e.Closed("completed", None, body.reason)]


PURPOSES = ("number", "reply", "survey", "ended")
"""What goes back to a channel: number and deadline, the reply, the survey, the end state."""


def record_delivery(ticket: Ticket, body: c.RecordDelivery, now: Situation) -> list[e.Event] | Refusal:
    """回告: once per purpose and round, delivered or given up."""
    if f"{body.purpose}:{body.round}" in ticket.reported:
        return refuse("already_reported")
    if body.purpose not in PURPOSES or body.round > ticket.round:
        return refuse("not_yet_reported", purpose=body.purpose)
    if body.delivered:
        return [e.Delivered(body.purpose, body.round, body.tries)]
    return [e.DeliveryFailed(body.purpose, body.round, body.tries, body.because)]
