"""What the terms in force give a ticket: which clocks its assignment starts, and when each would be due."""

from datetime import datetime

from msgspec import Struct

from shared.deadline import Term, due, warn_at
from shared.policy.documents import Policies
from shared.policy.terms import Terms
from shared.ticket.words import Clock, Demand, Proposed, Urgency


class Subject(Struct, frozen=True):
    """What a ticket's terms depend on."""

    jurisdiction: str
    demand: Demand
    urgency: Urgency
    channel: str


def proposed(
    of: Subject, clock: Clock, round: int, start: datetime, policies: Policies, at: datetime
) -> Proposed | None:
    """The due moment of a clock by what is in force ``at``, explained; None where policy gives it no term."""
    found = policies.find(of.jurisdiction, Terms, at)
    rule = found.body.rule(of.demand, of.urgency, of.channel) if found else None
    term = rule.terms.get(clock) if rule else None
    calendar = policies.calendar(found.body.calendar, at) if found else None
    if found is None or rule is None or term is None or calendar is None:
        return None
    end = due(start, Term.parse(term), calendar)
    before = rule.warn_before.get(clock)
    return Proposed(
        clock=clock,
        round=round,
        start=start,
        due=end.due,
        term=term,
        warn_at=warn_at(end.due, Term.parse(before), calendar) if before else None,
        provisional=end.provisional,
        trace=list(end.trace),
        policies={f"{of.jurisdiction}/terms": found.version, **calendar.versions},
    )


def from_assignment(of: Subject, round: int, policies: Policies, at: datetime) -> tuple[Clock, ...]:
    """The clocks that run from the assignment: the unit's too, unless policy starts those at signing."""
    unit = _unit_clocks(round) if _unit_clock_from(of, policies, at) == "assignment" else ()
    return ("sign", *unit)


def from_signing(of: Subject, round: int, policies: Policies, at: datetime) -> tuple[Clock, ...]:
    """The clocks that run from signing."""
    return _unit_clocks(round) if _unit_clock_from(of, policies, at) == "signing" else ()


def _unit_clocks(round: int) -> tuple[Clock, ...]:
    return ("contact", "redo" if round > 1 else "answer")


def _unit_clock_from(of: Subject, policies: Policies, at: datetime) -> str:
    found = policies.find(of.jurisdiction, Terms, at)
    return found.body.unit_clock_from if found else "assignment"
