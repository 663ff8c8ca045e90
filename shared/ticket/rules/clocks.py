"""设定期限、临期、超期. A clock is told by its start, so a late word about an earlier assignment changes nothing."""

from datetime import datetime

from shared.ticket import commands as c
from shared.ticket import events as e
from shared.ticket.refusals import Refusal, refuse
from shared.ticket.rules.review import lapse
from shared.ticket.situation import Situation
from shared.ticket.state import Ticket
from shared.ticket.words import Proposed


def set_deadlines(ticket: Ticket, body: c.SetDeadlines, now: Situation) -> list[e.Event] | Refusal:
    """Those due moments whose clock is this ticket's and that change something; design §5.

    A moment that comes after its clock has stopped is set all the same: whether the unit or the answer was in time
    goes by it. A survey's only says when to give up waiting, so none is set once nobody waits.
    """
    running = [p for p in body.deadlines if _is_this(ticket, p)]
    if not running:
        return refuse("deadlines_not_running")
    events: list[e.Event] = [_set(ticket, p) for p in running if _changes(ticket, p)]
    return events or refuse("deadlines_unchanged")


def _is_this(ticket: Ticket, p: Proposed) -> bool:
    if p.clock == "citizen":
        return True
    if p.round != ticket.round:
        return False
    if p.clock == "survey":
        return ticket.stage == "surveying"
    return p.start in (ticket.assigned_at, ticket.stops.get("sign"))


def _changes(ticket: Ticket, p: Proposed) -> bool:
    present = ticket.deadlines.get(p.clock)
    return present is None or present.round != p.round or present.due != p.due


def _set(ticket: Ticket, p: Proposed) -> e.DeadlineSet:
    present = ticket.deadlines.get(p.clock)
    before = present.due if present and present.round == p.round else None
    return e.DeadlineSet(
        p.clock, p.round, p.start, p.due, p.term, p.warn_at, p.provisional, p.trace, p.policies, before
    )


def warn(ticket: Ticket, body: c.WarnDeadline, now: Situation) -> list[e.Event] | Refusal:
    """临期: the clock still runs to that moment."""
    if refused := _not_running(ticket, body):
        return refused
    present = ticket.deadlines[body.clock]
    if present.warned or present.missed or body.clock in ticket.stops:
        return refuse("already_marked")
    return [e.DeadlineWarned(body.clock, body.round, body.due)]


def miss(ticket: Ticket, body: c.MissDeadline, now: Situation) -> list[e.Event] | Refusal:
    """超期 by the broker's time. The unit that holds the ticket is urged; a survey lapses instead."""
    if refused := _not_running(ticket, body):
        return refused
    if now.at < body.due:
        return refuse("deadline_not_due", due=body.due.isoformat())
    if ticket.deadlines[body.clock].missed:
        return refuse("already_marked")
    if body.clock == "survey":
        return lapse(ticket, ticket.attempts)
    missed = e.DeadlineMissed(body.clock, body.round, body.due)
    if ticket.lead and body.clock not in ticket.stops and ticket.stage != "closed":
        return [missed, e.Urged(ticket.lead, body.clock, body.round)]
    return [missed]


def _not_running(ticket: Ticket, body: c.WarnDeadline | c.MissDeadline) -> Refusal | None:
    """Moved meanwhile, of another round, or stopped in time."""
    present = ticket.deadlines.get(body.clock)
    if present is None or present.due != body.due or present.round != body.round:
        return refuse("deadline_moved")
    stopped: datetime | None = ticket.stops.get(body.clock)
    return refuse("deadline_moved") if stopped and stopped < body.due else None
