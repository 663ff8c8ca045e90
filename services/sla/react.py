"""时限 as a pure function: an entry and the ticket's running clocks → what is asked, and the clocks after it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from services.sla.clocks import IMPORTED, in_force, started, subject
from shared.entry import Entry
from shared.policy.clocks import Subject, proposed
from shared.policy.documents import Policies
from shared.reaction import Want
from shared.ticket import events as e
from shared.ticket.commands import MissDeadline, SetDeadlines, WarnDeadline, read_command
from shared.ticket.state import Summary
from shared.ticket.words import Clock, Proposed

KINDS = frozenset(
    {
        "Registered",
        "HistoryImported",
        "Reclassified",
        "Assigned",
        "Signed",
        "Contacted",
        "ReturnRuled",
        "Answered",
        "AnswerSentBack",
        "AnswerApproved",
        "SurveyOpened",
        "SurveyAnswered",
        "SurveyLapsed",
        "Declined",
        "AnsweredDirectly",
        "Closed",
        "DeadlineSet",
        "DeadlineWarned",
        "DeadlineMissed",
        "refused",
        "repeated",
    }
)


class Running(Struct, frozen=True):
    """A clock that runs, or that a sent-back answer may set running again.

    ``next_at``: when the sla service asks next, to warn or to miss; None while there is nothing to ask.
    ``asked_at``: when it asked last, by its own clock.
    """

    of: Subject
    clock: Clock
    round: int
    start: datetime
    due: datetime
    term: str
    warn_at: datetime | None
    next_at: datetime | None
    asked_at: datetime | None = None


Clocks = Mapping[Clock, Running]


class Reaction(NamedTuple):
    """What is asked, and the ticket's clocks after the entry."""

    wants: list[Want]
    clocks: Clocks


def react(entry: Entry, policies: Policies, clocks: Clocks) -> Reaction:
    """All due moments that the entry starts or moves, as one command; and its clocks as they now run."""
    after = entry.after
    if after is None:
        return Reaction([], clocks)
    if not entry.events:
        return Reaction([], _settled(entry, clocks))
    for event in entry.events:
        clocks = _evolve(clocks, event, after, entry.recorded_at)
    asked = [*started(entry, policies), *_moved(entry, after, policies, clocks)]
    return Reaction([Want("deadlines", SetDeadlines(asked))] if asked else [], clocks)


def _evolve(clocks: Clocks, event: e.Event, after: Summary, at: datetime) -> Clocks:
    """The same stops as the ticket's own ``evolve`` makes (shared/ticket/state.py).

    A due moment that comes after the end of its ticket was met, unless it has passed: then the ledger is asked.
    """
    match event:
        case e.DeadlineSet() if after.stage == "closed" and event.due > at:
            return _without(clocks, event.clock)
        case e.DeadlineSet():
            return {**clocks, event.clock: _running(event, after)}
        case e.DeadlineWarned():
            return _next(clocks, event.clock, event.due)
        case e.DeadlineMissed():
            return _without(clocks, event.clock)
        case e.Signed():
            return _stopped(clocks, at, "sign")
        case e.Contacted():
            return _stopped(clocks, at, "contact")
        case e.Answered():
            return _paused(_stopped(clocks, at, "contact"), at, "answer", "redo")
        case e.AnswerSentBack():
            return _again(clocks, "answer", "redo")
        case e.AnswerApproved():
            return _stopped(clocks, at, "citizen", "answer", "redo")
        case e.SurveyAnswered():
            return _stopped(clocks, at, "survey")
        case e.SurveyLapsed():
            return _without(clocks, "survey")
        case e.Assigned() | e.ReturnRuled(upheld=True):
            return {clock: one for clock, one in clocks.items() if clock == "citizen"}
        case e.Closed() | e.Declined() | e.AnsweredDirectly():
            return _stopped(clocks, at, *clocks)
        case e.Reclassified():
            return {clock: replace(one, of=subject(after)) for clock, one in clocks.items()}
        case _:
            return clocks


def _running(event: e.DeadlineSet, after: Summary) -> Running:
    first = event.warn_at or event.due
    return Running(
        subject(after), event.clock, event.round, event.start, event.due, event.term, event.warn_at, first
    )


def _next(clocks: Clocks, clock: Clock, at: datetime | None) -> Clocks:
    return {**clocks, clock: replace(clocks[clock], next_at=at)} if clock in clocks else clocks


def _without(clocks: Clocks, *gone: Clock) -> Clocks:
    return {clock: one for clock, one in clocks.items() if clock not in gone}


def _overdue(one: Running, at: datetime) -> bool:
    """Stopped too late: the miss is still to be asked for, whenever this service gets to it."""
    return one.next_at is not None and one.due <= at


def _stopped(clocks: Clocks, at: datetime, *which: Clock) -> Clocks:
    gone = [clock for clock in which if clock in clocks and not _overdue(clocks[clock], at)]
    return _without(clocks, *gone)


def _paused(clocks: Clocks, at: datetime, *which: Clock) -> Clocks:
    """An answer stops the clock, but one that is sent back lets it run on to the same moment."""
    for clock in which:
        if clock in clocks and not _overdue(clocks[clock], at):
            clocks = _next(clocks, clock, None)
    return clocks


def _again(clocks: Clocks, *which: Clock) -> Clocks:
    for clock in which:
        if (one := clocks.get(clock)) and one.next_at is None:
            clocks = _next(clocks, clock, one.warn_at or one.due)
    return clocks


def _moved(entry: Entry, after: Summary, policies: Policies, clocks: Clocks) -> list[Proposed]:
    """Due moments that another classification moves, or that were asked for under what no longer holds."""
    of, at = subject(after), entry.recorded_at
    stale: set[Clock] = set()
    for event in entry.events:
        if isinstance(event, e.Reclassified):
            stale |= set(clocks)
        elif isinstance(event, e.DeadlineSet) and not in_force(of, event, policies, at):
            stale.add(event.clock)
    return recomputed((clocks[clock] for clock in sorted(stale & set(clocks))), policies, at)


def recomputed(running: Iterable[Running], policies: Policies, at: datetime) -> list[Proposed]:
    """Those running clocks whose due moment is another one by the policies in force ``at``."""
    moved = []
    for one in running:
        if one.next_at is not None and one.term != IMPORTED:
            anew = proposed(one.of, one.clock, one.round, one.start, policies, at)
            if anew is not None and anew.due != one.due:
                moved.append(anew)
    return moved


def _settled(entry: Entry, clocks: Clocks) -> Clocks:
    """What follows from a warning or a miss of ours that changed nothing: refused, or done before.

    A warning gives way to the miss. A miss is over, unless the ledger says that its moment has not come: this
    machine's clock is ahead by what lies between its asking and the record's time, and so it asks that much later.
    """
    command = read_command(bytes(entry.command)) if entry.refusal or entry.repeat_of is not None else None
    if command is None or not isinstance(command.body, WarnDeadline | MissDeadline):
        return clocks
    body = command.body
    one = clocks.get(body.clock)
    if one is None or one.next_at is None or (one.round, one.due) != (body.round, body.due):
        return clocks
    if isinstance(body, WarnDeadline):
        return _next(clocks, body.clock, one.due)
    if entry.refusal and entry.refusal.code == "deadline_not_due":
        ahead = one.asked_at - entry.recorded_at if one.asked_at else timedelta(seconds=1)
        return _next(clocks, body.clock, one.due + max(ahead, timedelta(milliseconds=10)))
    may_run_on = (
        body.clock in ("answer", "redo") and entry.after is not None and entry.after.stage != "closed"
    )
    return _next(clocks, body.clock, None) if may_run_on else _without(clocks, body.clock)
