"""What the terms in force say of a ticket: how much of a clock is left, until when it may be returned (pure)."""

from datetime import datetime

from services.console.rows import TicketRow
from shared.deadline import Term, warn_at
from shared.deadline import due as due_of
from shared.policy.calendar import ResolvedCalendar
from shared.policy.documents import Policies
from shared.policy.terms import Terms, TermsRule
from shared.remaining import Left, left
from shared.ticket.words import Clock


def left_of(row: TicketRow, clock: Clock, due: datetime, now: datetime, policies: Policies) -> Left | None:
    """What is left of a clock of the row in working time; None where that is not what its term counts."""
    term = _term(row, clock, row.clock_from, policies)
    return left_by(term, due, now, calendar_of(row.jurisdiction, now, policies)) if term else None


def near_from(
    row: TicketRow, clock: Clock, due: datetime, now: datetime, policies: Policies
) -> datetime | None:
    """From when on a clock of the row is near its end (临期提醒); None where no rule says so."""
    rule = _rule(row, row.clock_from, policies)
    before = rule.warn_before.get(clock) if rule else None
    calendar = calendar_of(row.jurisdiction, now, policies)
    return warn_at(due, Term.parse(before), calendar) if before and calendar else None


def left_by(term: Term, due: datetime, now: datetime, calendar: ResolvedCalendar | None) -> Left | None:
    """The same for a term that is known."""
    return left(now, due, term.unit, calendar) if calendar else None


def unit_clock_of(row: TicketRow) -> Clock:
    """Which clock the column 单位钟 shows: from the second round on, the redo's."""
    return "answer" if row.round == 1 else "redo"


def return_until(row: TicketRow, now: datetime, policies: Policies) -> datetime | None:
    """The first instant that is too late to ask for a return; None where no term limits it, or nobody could ask.

    Counted as the ledger will (安阳条例 art.50): from the assignment in force, by the policies in force now.
    """
    return return_limit(row, now, policies) if row.stage in ("assigned", "signed") else None


def return_limit(row: TicketRow, at: datetime, policies: Policies) -> datetime | None:
    """The same whatever the ticket's stage, by the policies in force ``at``; None where no term limits a return."""
    term = _term(row, "return", at, policies)
    calendar = calendar_of(row.jurisdiction, at, policies)
    if row.assigned_at is None or term is None or calendar is None:
        return None
    return due_of(row.assigned_at, term, calendar).due


def calendar_of(jurisdiction: str, now: datetime, policies: Policies) -> ResolvedCalendar | None:
    """The calendar that the jurisdiction's terms are counted by."""
    terms = policies.find(jurisdiction, Terms, now)
    return policies.calendar(terms.body.calendar, now) if terms else None


def _rule(row: TicketRow, at: datetime, policies: Policies) -> TermsRule | None:
    terms = policies.find(row.jurisdiction, Terms, at)
    return terms.body.rule(row.demand, row.urgency, row.channel) if terms else None  # type: ignore[arg-type]


def _term(row: TicketRow, clock: str, at: datetime, policies: Policies) -> Term | None:
    rule = _rule(row, at, policies)
    written = rule.terms.get(clock) if rule else None  # type: ignore[call-overload]
    return Term.parse(written) if written else None
