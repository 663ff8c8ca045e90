"""Who asks, as the transition table names them."""

from shared.ticket.commands import Command
from shared.ticket.state import Ticket

HOTLINE = "operator"
SUPERVISOR = "supervisor"
AUDITOR = "auditor"
LEAD_UNIT = "lead unit"
ASSISTING_UNIT = "assisting unit"
CHANNEL = "channel"
DISPATCH, SLA, FEEDBACK = "dispatch", "sla", "feedback"
CLI = "import"


def party(ticket: Ticket | None, command: Command) -> str:
    """A service speaks as itself, a person as the role that the issuer vouches for, a unit as what it is here.

    ``unit`` for one that neither leads nor assists.
    """
    actor = command.actor
    if actor.role == "service":
        return command.issuer
    if actor.role != "unit" or ticket is None:
        return actor.role
    if actor.unit == ticket.lead:
        return LEAD_UNIT
    return ASSISTING_UNIT if actor.unit in ticket.assisting else "unit"
