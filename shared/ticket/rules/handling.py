"""签收、联系、办理答复: what only the lead unit may do."""

from shared.ticket import commands as c
from shared.ticket import events as e
from shared.ticket.refusals import Refusal, refuse
from shared.ticket.situation import Situation
from shared.ticket.state import Ticket


def sign(ticket: Ticket, body: c.Sign, now: Situation) -> list[e.Event] | Refusal:
    """签收."""
    return [e.Signed(body.handler)]


def contact(ticket: Ticket, body: c.Contact, now: Situation) -> list[e.Event] | Refusal:
    """联系诉求人; an attempt that reached nobody is a record too."""
    return [e.Contacted(body.method, body.at, body.reached, body.record)]


def answer(ticket: Ticket, body: c.Answer, now: Situation) -> list[e.Event] | Refusal:
    """办理答复; where policy asks for it, not before the citizen was contacted (domain §8: false closures)."""
    surveys = now.surveys()
    if surveys and surveys.contact_required and not ticket.contacted:
        return refuse("contact_first")
    return [e.Answered(ticket.lead or "", body.reply, body.feedback, body.solved, body.attachments)]
