"""Which clocks an entry starts, and when each is due by the policies that its partition has been told."""

from collections.abc import Iterable
from datetime import datetime

from shared.entry import Entry
from shared.policy.clocks import Subject, from_assignment, from_signing, proposed
from shared.policy.documents import Document, Policies
from shared.policy.terms import Terms
from shared.ticket import events as e
from shared.ticket.state import Summary
from shared.ticket.words import Clock, Proposed

IMPORTED = "imported"
"""The term of a due moment that an old system set: no policy of ours computes it anew."""


def subject(after: Summary) -> Subject:
    """The subject of a ticket as an entry leaves it."""
    return Subject(after.jurisdiction, after.demand, after.urgency, after.channel)


def in_force(of: Subject, set_: e.DeadlineSet, policies: Policies, at: datetime) -> bool:
    """Whether a due moment was computed by what is in force now: it may have been asked for before that came."""
    found = policies.find(of.jurisdiction, Terms, at)
    calendar = policies.calendar(found.body.calendar, at) if found else None
    if set_.term == IMPORTED or found is None or calendar is None:
        return True
    rule = found.body.rule(of.demand, of.urgency, of.channel)
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
        for clock, start in _starts(event, entry, of, policies)
    ]
    return [one for one in found if one is not None]


def _starts(
    event: e.Event, entry: Entry, of: Subject, policies: Policies
) -> Iterable[tuple[Clock, datetime]]:
    """Clock and start. The unit's clocks run from assignment, or from signing where policy says so."""
    at, round = entry.recorded_at, entry.after.round if entry.after else 1
    match event:
        case e.Registered():
            return [("citizen", event.clock_from)]
        case e.HistoryImported() if event.past.outcome is None and event.past.due is None:
            return [("citizen", at)]
        case e.Assigned():
            return [(clock, at) for clock in from_assignment(of, round, policies, at)]
        case e.Signed():
            return [(clock, at) for clock in from_signing(of, round, policies, at)]
        case e.SurveyOpened():
            return [("survey", at)]
        case _:
            return []


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
