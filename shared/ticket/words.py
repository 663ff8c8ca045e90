"""The words that commands, events and state share: sealed text, actors, attachments, reasons (design §11)."""

from datetime import date, datetime
from typing import Annotated, Literal, NewType

from msgspec import Meta, Struct

Moment = Annotated[datetime, Meta(tz=True)]
"""An instant with its offset; one without is refused at the door, because it could not be compared."""

Sealed = NewType("Sealed", str)
"""Ciphertext under the ticket's key (design §8); only ``shared.sealing`` makes or opens one."""

Role = Literal["operator", "unit", "supervisor", "auditor", "channel", "service"]
Demand = Literal["consult", "help", "complaint", "report", "suggestion", "praise", "other"]
Urgency = Literal["ordinary", "urgent", "critical"]
ReplyBy = Literal["phone", "message", "none"]
"""希望回复方式: 电话, 短信, 不用回复. A wish: who handles the ticket owes contact and answer all the same."""
Grade = Literal["satisfied", "fairly", "dissatisfied"]
"""满意, 一般满意, 不满意: the three outcomes of a call-back that Yichun's notices count (domain §4.2)."""
Dissatisfaction = Literal[
    "not_contacted",
    "not_solved",
    "delayed",
    "passed_around",
    "attitude",
    "off_point",
    "claimed_solved",
    "other",
]
"""没联系我、没解决、拖延、推诿、态度、答非所问、说已解决其实没有、其他: why a citizen is not satisfied."""
Clock = Literal["citizen", "sign", "contact", "answer", "redo", "survey"]
Written = Literal["title", "text", "citizen", "reason", "record", "reply", "feedback", "words", "code"]
"""The sealed texts that a person may ask to see; where a channel wants its reports is nobody's to read.

``code`` is 查询码: it stands in no event and comes from the ticket's key (decision 9), and is told like the others.
"""
Field = Literal[Written, "attachment"]
"""What is sealed and may be opened: a text, or one of the files."""
Purpose = Literal[
    "dispatch", "ruling", "handling", "contact", "review", "survey", "inquiry", "supervision", "audit"
]
"""派单研判、退单裁定、办理、联系诉求人、审核答复、回访、答复查询、督办、审计: why somebody opens a sealed field."""
Urging = Literal["near_due", "overdue", "slow", "asked_again", "instructed"]
"""临期、超期、进展缓慢、诉求人催问、领导批示: why a person urges a unit (domain §3.8)."""
Outcome = Literal["completed", "answered_directly", "declined", "terminated", "transferred", "merged"]
"""办结, 直接答复, 不予受理, 终止办理, 转其他途径, 并入: never one "closed" (design §4)."""


class Actor(Struct, frozen=True, forbid_unknown_fields=True):
    """Who acts: an account (never a name), its role, and the unit it speaks for."""

    person: str
    role: Role
    unit: str | None = None


class Attachment(Struct, frozen=True, forbid_unknown_fields=True):
    """A sealed file: where it lies, and the SHA-256 (hex) and length in bytes of its ciphertext."""

    reference: str
    digest: str
    size: int
    type: str


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a handler was chosen: the rule, the catalogue's version, the open load and who was left out."""

    rule: str
    version: int
    load: int | None = None
    among: int | None = None
    """How many handlers on duty were compared."""


class Counted(Struct, frozen=True, array_like=True):
    """One step of a deadline's explanation: a day (or an interval of it), counted or skipped, and why."""

    day: date
    counted: bool
    because: str
    start: str | None = None
    end: str | None = None


class Proposed(Struct, frozen=True, forbid_unknown_fields=True):
    """A due moment as computed: from ``start`` by ``term``, explained day by day, under named policy versions."""

    clock: Clock
    round: int
    start: Moment
    due: Moment
    term: str
    warn_at: Moment | None
    provisional: bool
    trace: list[Counted]
    policies: dict[str, int]


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of an imported ticket's past."""

    at: Moment
    what: str
    who: str | None = None
    text: Sealed | None = None


class Past(Struct, frozen=True, forbid_unknown_fields=True):
    """An imported ticket's whole past (design §3 point 14); times as the old system claims them."""

    registered_at: Moment
    due: Moment | None = None
    answered_at: Moment | None = None
    closed_at: Moment | None = None
    outcome: Outcome | None = None
    grade: Grade | None = None
    unit: str | None = None
    number: str | None = None
    steps: list[Step] = []
