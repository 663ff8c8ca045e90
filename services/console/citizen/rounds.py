"""What a citizen's bad rating or dispute would start by the policies in force now; the ledger decides if it does."""

from datetime import datetime

from msgspec import UNSET, Struct

from services.console.advice.terms import calendar_of
from services.console.citizen.citizens import CitizenRow
from shared.deadline import Term, due
from shared.policy.clocks import Subject, proposed
from shared.policy.documents import Policies
from shared.policy.surveys import Surveys
from shared.policy.units import Units
from shared.ticket.rules.review import redone_by
from shared.ticket.words import Grade


class Ahead(Struct, frozen=True):
    """The next round: whose it would be; ``term`` from its assignment, and ``due`` if that were now."""

    round: int
    unit: str
    term: str | None
    due: datetime | None


def low_grades(row: CitizenRow, policies: Policies, now: datetime) -> tuple[Grade, ...]:
    """The grades that count as dissatisfied."""
    surveys = policies.find(row.jurisdiction, Surveys, now)
    return surveys.body.scale.dissatisfied if surveys else ()


def after_a_bad_rating(row: CitizenRow, policies: Policies, now: datetime) -> Ahead | None:
    """The round that it starts; None where policy's rounds are used up."""
    surveys = policies.find(row.jurisdiction, Surveys, now)
    if surveys is None or row.round >= surveys.body.max_rounds:
        return None
    return after_a_dispute(row, policies, now)


def after_a_dispute(row: CitizenRow, policies: Policies, now: datetime) -> Ahead | None:
    """The round that it starts; not bound to the survey's rounds."""
    surveys = policies.find(row.jurisdiction, Surveys, now)
    units = policies.find(row.jurisdiction, Units, now)
    if surveys is None or units is None or row.lead is None:
        return None
    unit, round = redone_by(row.lead, surveys.body, units.body), row.round + 1
    of = Subject(row.jurisdiction, row.demand, row.urgency, row.channel)
    redo = proposed(of, "redo", round, now, policies, now)
    return Ahead(round, unit, redo.term if redo else None, redo.due if redo else None)


def disputable_until(row: CitizenRow, policies: Policies, now: datetime) -> datetime | None:
    """The first instant that is too late to dispute the end; None where there is no disputing it (any more)."""
    surveys = policies.find(row.jurisdiction, Surveys, now)
    calendar = calendar_of(row.jurisdiction, now, policies)
    ended = row.closed_at if row.outcome == "completed" and row.lead and not row.reopened_at else None
    if surveys is None or calendar is None or ended is None or surveys.body.dispute_within is UNSET:
        return None
    return due(ended, Term.parse(surveys.body.dispute_within), calendar).due
