"""还差什么才能答复: a unit's way from the order to the answer, step by step, as the decider has it (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from msgspec import Struct
from msgspec.structs import replace

from services.console.asking.signoffs import Submitted
from services.console.asking.standing import Offer
from services.console.rows import TicketRow
from shared.problems import Problem
from shared.ticket.refusals import Refusal

Name = Literal["sign", "contact", "reply", "feedback", "signoff", "submit"]
State = Literal["done", "next", "later", "waiting", "barred"]
AT_WORK = ("assigned", "signed")
ACTION: dict[Name, str] = {"sign": "sign", "contact": "contact", "signoff": "answer", "submit": "answer"}
"""The steps that the decider can bar; the texts of an answer are its parts."""


class Told(Protocol):
    """A line of the ticket's timeline."""

    @property
    def kind(self) -> str:
        """The event's."""

    @property
    def detail(self) -> Mapping[str, Any]:
        """What the event said that is not sealed."""


class Check(Struct, frozen=True):
    """A step.

    at     when it was done
    method, reached   how the citizen was contacted, of the last contact
    why    the sentence that bars it
    """

    name: Name
    state: State
    at: datetime | None = None
    method: str | None = None
    reached: bool | None = None
    why: Refusal | Problem | None = None


def checklist(
    row: TicketRow,
    lines: Iterable[Told],
    offers: Iterable[Offer],
    written: Mapping[str, str],
    submitted: Submitted | None,
    signed_off: bool,
) -> list[Check]:
    """The steps in the order of the work.

    written     what of the answer is written by now, by field
    submitted   the latest that was laid before the approver
    signed_off  whether the caller's answers go to an approver
    """
    by_action = {offer.action: offer for offer in offers}
    answered = row.stage not in AT_WORK
    waits = submitted is not None and submitted.status == "waiting"
    contact = next((line.detail for line in reversed([*lines]) if line.kind == "Contacted"), {})
    steps = [
        Check("sign", _done(row.signed_at), at=row.signed_at),
        Check("contact", _done(row.contacted_at), row.contacted_at, contact.get("method"), contact.get("reached")),
        *[Check(name, _done(answered or waits or written.get(name))) for name in ("reply", "feedback")],
    ]  # fmt: skip
    if signed_off or waits:
        steps.append(Check("signoff", "waiting" if waits else _done(answered)))
    steps.append(Check("submit", _done(answered), at=row.answered_at if answered else None))
    return _ordered(steps, by_action)


def _done(done: object) -> State:
    return "done" if done else "later"


def _ordered(steps: Sequence[Check], offers: Mapping[str, Offer]) -> list[Check]:
    """The first step that is not done is the next one, unless somebody else has it; what is barred says so once."""
    ordered: list[Check] = []
    for step in steps:
        offer = offers.get(ACTION.get(step.name, "answer"))
        why = offer.refusal if offer and step.name in ACTION and step.state == "later" else None
        told = any(one.why for one in ordered)
        free = offer is not None and not any(one.state in ("next", "waiting") for one in ordered)
        state = step.state
        if state == "later":
            state = "barred" if why and not told else "next" if free and not why else "later"
        ordered.append(replace(step, state=state, why=why if state == "barred" else None))
    return ordered
