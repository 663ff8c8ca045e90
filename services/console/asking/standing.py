"""What may be asked of a ticket now, and why not: the decider is asked, on the ticket as the views have it (pure).

Nothing is decided by it: a view lags, and the ledger decides on its own state. It is what a page offers, and the
sentence that a button says instead of being silently away.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol, get_args

from msgspec import Struct

from services.console.people.accounts import Account
from services.console.rows import TicketRow
from shared.policy.documents import Policies
from shared.policy.units import Units
from shared.problems import Problem
from shared.ticket import commands as c
from shared.ticket.commands import Command, TicketBody
from shared.ticket.decide import decide
from shared.ticket.events import Event
from shared.ticket.parties import party
from shared.ticket.refusals import Refusal
from shared.ticket.rules.looking import allowed
from shared.ticket.state import Ticket
from shared.ticket.words import Actor, Grade, Purpose, Reason, Sealed, Written

NOT_HERE = {
    "not_in_this_stage",
    "not_your_role",
    "not_your_unit",
    "not_holding",
    "unknown_ticket",
    "not_disputable",
}
"""Refusals of what is not this person's, or not of this moment: a page does not mention it at all."""
TEXT = Sealed("")


class Told(Protocol):
    """A line of the ticket's timeline."""

    @property
    def kind(self) -> str:
        """The event's."""


class Offer(Struct, frozen=True):
    """An action that a page shows: it can be asked and would cause ``events``, or ``refusal`` says why not.

    The ledger's refusal, or a problem by which the console itself would refuse it.
    """

    action: str
    refusal: Refusal | Problem | None
    events: tuple[Event, ...] = ()


class Sight(Struct, frozen=True):
    """The sealed texts that somebody may open for a purpose, and whether the files."""

    purpose: Purpose
    fields: list[Written]
    files: bool = False


def standing(row: TicketRow, lines: Iterable[Told]) -> Ticket:
    """The ticket as far as what a person may ask depends on it."""
    return Ticket(
        id=row.id,
        number=row.number,
        jurisdiction=row.jurisdiction,
        channel=row.channel,
        account="",
        clock_from=row.clock_from,
        demand=row.demand,  # type: ignore[arg-type]
        urgency=row.urgency,  # type: ignore[arg-type]
        topic=row.topic,
        place=row.place,
        scope=row.scope,
        fingerprints=(),
        version=row.version,
        stage=row.stage,  # type: ignore[arg-type]
        triaged=row.triaged,
        round=row.round,
        lead=row.lead,
        assisting=tuple(row.assisting),
        handler=row.handler,
        assigned_at=row.assigned_at,
        stops={"sign": row.signed_at} if row.signed_at else {},
        contacted=row.contacted_at is not None,
        ruled=any(line.kind == "ReturnRuled" for line in lines),
        attempts=row.attempts,
        outcome=row.outcome,  # type: ignore[arg-type]
        confidential=row.confidential,
        closed_at=row.closed_at,
        disputed=row.reopened_at is not None,
    )


def probes(policies: Policies, jurisdiction: str, now: datetime) -> Mapping[str, TicketBody]:
    """An order of each kind as it could be filled in; the first unit stands for whichever will be chosen."""
    units = policies.find(jurisdiction, Units, now)
    unit = units.body.units[0].id if units and units.body.units else ""
    return {
        "accept": c.Accept(),
        "assign": c.Assign(unit, Reason("", 0)),
        "answer-directly": c.AnswerDirectly(TEXT),
        "decline": c.Decline("", TEXT, ""),
        "rule-on-return": c.RuleOnReturn(upheld=False, reason=TEXT),
        "sign": c.Sign(),
        "contact": c.Contact("", now, True, TEXT),
        "answer": c.Answer(TEXT, TEXT, True),
        "request-return": c.RequestReturn(TEXT),
        "approve": c.Approve(),
        "send-back": c.SendBack(TEXT),
        "survey": c.RecordSurvey("dissatisfied"),
        "survey-attempt": c.RecordAttempt(""),
        "redo": c.Redo(TEXT),
        "close": c.Close(TEXT),
        "dispute": c.Dispute(TEXT),
        "urge": c.Urge("slow"),
        "amend": c.Amend(TEXT),
    }


def offers(ticket: Ticket, caller: Account, policies: Policies, now: datetime) -> list[Offer]:
    """What the caller is shown, the main thing first: in the order of the loop."""
    asked = probes(policies, ticket.jurisdiction, now)
    tried = [_tried(action, body, ticket, caller, policies, now) for action, body in asked.items()]
    return [offer for offer in tried if offer.refusal is None or offer.refusal.code not in NOT_HERE]


def by_grade(
    ticket: Ticket, caller: Account, policies: Policies, now: datetime
) -> dict[Grade, tuple[Event, ...]]:
    """What each grade of a survey would cause: the end, or another round and at whom. Empty where none may be given."""
    tried = {
        grade: _tried("survey", c.RecordSurvey(grade), ticket, caller, policies, now)
        for grade in get_args(Grade)
    }
    return {grade: offer.events for grade, offer in tried.items() if offer.refusal is None}


def _tried(
    action: str, body: TicketBody, ticket: Ticket, caller: Account, policies: Policies, now: datetime
) -> Offer:
    outcome, _ = decide(ticket, _command(ticket, caller, body, now), policies, now, ticket.number)
    return Offer(action, outcome) if isinstance(outcome, Refusal) else Offer(action, None, tuple(outcome))


def sights(ticket: Ticket, caller: Account, now: datetime) -> list[Sight]:
    """What the caller may open, a line a purpose: by the rule that the ledger will apply to the look."""
    who = party(ticket, _command(ticket, caller, c.Look(["title"], "audit"), now))
    found = [(purpose, allowed(ticket, who, purpose)) for purpose in Purpose.__args__]  # type: ignore[attr-defined]
    return [
        Sight(purpose, [field for field in get_args(Written) if field in fields], "attachment" in fields)
        for purpose, fields in found
        if fields
    ]


def _command(ticket: Ticket, caller: Account, body: TicketBody, now: datetime) -> Command:
    actor = Actor(caller.id, caller.role, caller.unit)
    return Command("", ticket.id, ticket.jurisdiction, actor, "console", now, body)
