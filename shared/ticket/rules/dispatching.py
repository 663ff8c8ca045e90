"""派单、转研判、退单申请、裁定."""

from shared.deadline import Term, due
from shared.ticket import commands as c
from shared.ticket import events as e
from shared.ticket.refusals import Refusal, refuse
from shared.ticket.situation import Situation
from shared.ticket.state import Ticket


def triage(ticket: Ticket, body: c.Triage, now: Situation) -> list[e.Event] | Refusal:
    """No rule fits: an operator's queue, never a silent default."""
    if ticket.triaged:
        return refuse("already_triaged")
    return [e.Triaged(body.version, body.because)]


def assign(ticket: Ticket, body: c.Assign, now: Situation) -> list[e.Event] | Refusal:
    """The lead unit, those that assist and the handler must exist; a ticket not yet accepted is accepted with it."""
    for unit in (body.lead, *body.assisting):
        if refused := _unknown_unit(unit, now):
            return refused
    if body.handler is not None and not _has_handler(body.lead, body.handler, now):
        return refuse("unknown_handler", unit=body.lead, handler=body.handler)
    assigned = e.Assigned(body.lead, body.because, ticket.round, body.assisting, body.handler)
    return [e.Accepted(), assigned] if ticket.stage == "registered" else [assigned]


def request_return(ticket: Ticket, body: c.RequestReturn, now: Situation) -> list[e.Event] | Refusal:
    """Once per ticket at most, within the term that policy gives from assignment (安阳条例 art.50: 24 h)."""
    if ticket.ruled:
        return refuse("return_already_ruled")
    if body.suggested is not None and (refused := _unknown_unit(body.suggested, now)):
        return refused
    if refused := _too_late(ticket, now):
        return refused
    return [e.ReturnRequested(ticket.lead or "", body.reason, body.suggested)]


def _too_late(ticket: Ticket, now: Situation) -> Refusal | None:
    terms = now.terms()
    if terms is None or ticket.assigned_at is None:
        return None
    rule = terms.rule(ticket.demand, ticket.urgency, ticket.channel)
    term = rule.terms.get("return") if rule else None
    if term is None:
        return None
    calendar = now.policies.calendar(terms.calendar, now.at)
    if calendar is None:
        return refuse("no_policy", jurisdiction=terms.calendar, kind="calendar")
    until = due(ticket.assigned_at, Term.parse(term), calendar).due
    return refuse("return_too_late", due=until.isoformat()) if now.at >= until else None


def rule_on_return(ticket: Ticket, body: c.RuleOnReturn, now: Situation) -> list[e.Event] | Refusal:
    """Upheld: to the unit named, or back to triage. Refused: it stays. Either way it is final."""
    if body.to is not None and (refused := _unknown_unit(body.to, now)):
        return refused
    return [e.ReturnRuled(body.upheld, ticket.lead or "", body.reason, body.to if body.upheld else None)]


def _unknown_unit(unit: str, now: Situation) -> Refusal | None:
    jurisdiction, units = now.command.jurisdiction, now.units()
    if units is None:
        return refuse("no_policy", jurisdiction=jurisdiction, kind="units")
    return None if units.find(unit) else refuse("unknown_unit", jurisdiction=jurisdiction, unit=unit)


def _has_handler(unit: str, handler: str, now: Situation) -> bool:
    units = now.units()
    found = units.find(unit) if units else None
    return found is not None and any(h.id == handler for h in found.handlers)
