"""催办 by a person. The clock's own urging is in ``clocks.miss``."""

from shared.ticket import commands as c
from shared.ticket import events as e
from shared.ticket.refusals import Refusal
from shared.ticket.situation import Situation
from shared.ticket.state import Ticket


def urge(ticket: Ticket, body: c.Urge, now: Situation) -> list[e.Event] | Refusal:
    """The unit that holds the ticket hears of it, as often as somebody finds it needs to."""
    return [e.UrgeOrdered(ticket.lead or "", ticket.round, body.because, body.words)]
