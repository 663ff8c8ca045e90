"""Which clocks an entry starts, and when each is due by the policies that its partition has been told."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from shared.deadline import Term, due, warn_at
from shared.entry import Entry
from shared.policy.documents import Document, Policies
from shared.policy.terms import Terms, TermsRule
from shared.ticket import events as e
from shared.ticket.state import Summary
from shared.ticket.words import Clock, Demand, Proposed, Urgency

IMPORTED = "imported"
"""The term of a due moment that an old system set: no policy of ours computes it anew."""


class Subject(Struct, frozen=True):
    """What a ticket's terms depend on."""

    jurisdiction: str
    demand: Demand
    urgency: Urgency
    channel: str


def subject(after: Summary) -> Subject:
    """The subject of a ticket as an entry leaves it."""
    return Subject(after.jurisdiction, after.demand, after.urgency, after.channel)


def proposed(
    of: Subject, clock: Clock, round: int, start: datetime, policies: Policies, at: datetime
) -> Proposed | None:
    """The due moment of a clock by what is in force ``at``, explained; None where policy gives it no term."""
    found = policies.find(of.jurisdiction, Terms, at)
    rule = _rule(of, found.body) if found else None
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


def in_force(of: Subject, set_: e.DeadlineSet, policies: Policies, at: datetime) -> bool:
    """Whether a due moment was computed by what is in force now: it may have been asked for before that came."""
    found = policies.find(of.jurisdiction, Terms, at)
    calendar = policies.calendar(found.body.calendar, at) if found else None
    if set_.term == IMPORTED or found is None or calendar is None:
        return True
    rule = _rule(of, found.body)
    versions = {f"{of.jurisdiction}/terms": found.version, **calendar.versions}
    return rule is not None and rule.terms.get(set_.clock) == set_.term and set_.policies == versions


def started(entry: Entry, policies: Policies) -> list[Proposed]:
    """The due moments of all clocks that the entry starts."""
    after = entry.after
    if after is None:
        return []
    of, at = subject(after), entry.recorded_at
    found = [
        proposed(of, clock, 1 if clock == "citizen" else after.round, start, policies, at)
        for event in entry.events
        for clock, start in _starts(event, entry, _unit_clock_from(of, policies, at))
    ]
    return [one for one in found if one is not None]


def _starts(event: e.Event, entry: Entry, unit_from: str) -> Iterable[tuple[Clock, datetime]]:
    """Clock and start. The unit's clocks run from assignment, or from signing where policy says so."""
    at = entry.recorded_at
    handling: Clock = "redo" if entry.after and entry.after.round > 1 else "answer"
    match event:
        case e.Registered():
            return [("citizen", event.clock_from)]
        case e.HistoryImported() if event.past.outcome is None and event.past.due is None:
            return [("citizen", at)]
        case e.Assigned() if unit_from == "assignment":
            return [("sign", at), ("contact", at), (handling, at)]
        case e.Assigned():
            return [("sign", at)]
        case e.Signed() if unit_from == "signing":
            return [("contact", at), (handling, at)]
        case e.SurveyOpened():
            return [("survey", at)]
        case _:
            return []


def _unit_clock_from(of: Subject, policies: Policies, at: datetime) -> str:
    found = policies.find(of.jurisdiction, Terms, at)
    return found.body.unit_clock_from if found else "assignment"


def _rule(of: Subject, terms: Terms) -> TermsRule | None:
    return terms.rule(of.demand, of.urgency, of.channel)


def concerned(document: Document, policies: Policies, at: datetime) -> list[str]:
    """The jurisdictions whose due moments the document can move: terms their own, a calendar all that use it."""
    if document.kind == "terms":
        return [document.jurisdiction]
    if document.kind != "calendar":
        return []
    by = sorted({d.jurisdiction for d in policies.documents if d.kind == "terms"})
    return [name for name in by if document.name in _calendars(name, policies, at)]


def _calendars(jurisdiction: str, policies: Policies, at: datetime) -> dict[str, int]:
    found = policies.find(jurisdiction, Terms, at)
    calendar = policies.calendar(found.body.calendar, at) if found else None
    return calendar.versions if calendar else {}
