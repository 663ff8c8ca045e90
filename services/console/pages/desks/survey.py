"""回访: whom to call next, what was tried already, and what each grade brings."""

from datetime import datetime
from typing import Any

from services.console.asking.standing import by_grade, offers
from services.console.pages.desks.sheet import Hand, Laid, Part, Sitting, latest, of_fields
from services.console.pages.fields import FIELDS, METHODS
from services.console.pages.timeline import Line, reply_wished
from services.console.proof.looks import Opened
from services.console.rows import TicketRow
from shared.deadline import Term, due
from shared.policy.documents import Policies
from shared.policy.surveys import Surveys
from shared.policy.terms import Terms
from shared.ticket.events import Closed, RedoOrdered, SurveyLapsed
from shared.ticket.words import Written


def fields(row: TicketRow) -> list[Written]:
    """What is opened to call; from the second round on also what the citizen said before."""
    words: list[Written] = ["words"] if row.round > 1 else []
    return ["title", "text", "citizen", "reply", *words]


def lay(opened: Opened) -> Laid:
    """Whom to call on top, then the demand, the reply that the citizen has, and what was said before."""
    demand = of_fields(opened, "title", "text")
    values = [*latest(opened, "citizen"), *demand, *latest(opened, "reply"), *of_fields(opened, "words")]
    return Laid(opened, [Part("", values)])


async def sheet(hand: Hand, at: Sitting) -> dict[str, Any]:
    """What the desk shows beside the ticket."""
    brings = by_grade(hand.stands, at.caller, at.policies, at.now)
    tried = {offer.action: offer.events for offer in offers(hand.stands, at.caller, at.policies, at.now)}
    return {
        "brings": {
            grade: next((event for event in events if isinstance(event, RedoOrdered | Closed)), None)
            for grade, events in brings.items()
        },
        "lapses": any(isinstance(event, SurveyLapsed) for event in tried.get("survey-attempt", ())),
        "attempt": _last_attempt(hand),
        "reply_by": reply_wished(hand.lines),
        "wait_until": again_from(hand, at.policies, at.now),
        "earlier": [line for line in hand.lines if line.kind == "SurveyAnswered"],
        "inputs": {field.name: field for field in FIELDS["survey"]},
        "methods": METHODS,
    }


def _last_attempt(hand: Hand) -> Line | None:
    """The last call of this survey that reached nobody."""
    tries = [line for line in hand.lines if line.kind == "SurveyAttempted"]
    return tries[-1] if tries and hand.row.attempts else None


def again_from(hand: Hand, policies: Policies, now: datetime) -> datetime | None:
    """From when policy wants the next call; None where it is time already."""
    last = _last_attempt(hand)
    surveys = policies.find(hand.row.jurisdiction, Surveys, now)
    terms = policies.find(hand.row.jurisdiction, Terms, now)
    calendar = policies.calendar(terms.body.calendar, now) if terms else None
    if last is None or surveys is None or calendar is None:
        return None
    at = due(last.at, Term.parse(surveys.body.retry_every), calendar).due
    return at if at > now else None
