"""What may be asked of a ticket. A command is an order; the ledger answers it with one entry (design §2, §3)."""

from typing import Annotated

from msgspec import Meta, Struct, json

from shared.policy.documents import Document
from shared.ticket.words import (
    Actor,
    Attachment,
    Clock,
    Demand,
    Dissatisfaction,
    Field,
    Grade,
    Moment,
    Past,
    Proposed,
    Purpose,
    Reason,
    ReplyBy,
    Sealed,
    Urgency,
    Urging,
)

SCHEMA = 1


class Body(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag=True, omit_defaults=True):
    """The payload of a command; its class name is the command's kind."""


class Register(Body, frozen=True):
    """登记: a demand as its channel gave it, everything personal sealed.

    ``fingerprint`` is the keyed hash of the plain content: the same one again is a repeat, another one is a
    supplement (补充) on the same ticket. ``scope`` names the only group that may see the ticket (民声通道).
    """

    channel: str
    account: str
    external_id: str
    fingerprint: str
    title: Sealed
    text: Sealed
    demand: Demand = "other"
    urgency: Urgency = "ordinary"
    topic: str | None = None
    place: str | None = None
    citizen: Sealed | None = None
    reply_to: Sealed | None = None
    attachments: list[Attachment] = []
    confidential: bool = False
    public: bool = False
    scope: str | None = None
    reply_by: ReplyBy | None = None


class Amend(Body, frozen=True):
    """补充/更正: a further text, or a better topic, place, kind or urgency; what is None stays."""

    text: Sealed | None = None
    demand: Demand | None = None
    urgency: Urgency | None = None
    topic: str | None = None
    place: str | None = None
    attachments: list[Attachment] = []


class Triage(Body, frozen=True):
    """转人工研判: no rule of the catalogue fits; an operator must choose the unit."""

    version: int
    because: str


class Accept(Body, frozen=True):
    """受理."""


class Decline(Body, frozen=True):
    """不予受理: the ground (a code of domain §3.5), the reason, the right way to go (潍坊条例 art.19)."""

    ground: str
    reason: Sealed
    right_channel: str


class AnswerDirectly(Body, frozen=True):
    """直接答复: answered by the operator at once (北京条例 art.11)."""

    reply: Sealed


class Assign(Body, frozen=True):
    """派单: the lead unit, those that assist, the handler, and why."""

    lead: str
    because: Reason
    assisting: list[str] = []
    handler: str | None = None


class Sign(Body, frozen=True):
    """签收."""

    handler: str | None = None


class Contact(Body, frozen=True):
    """联系诉求人: how, when, whether reached, and the record, which is neither reply nor feedback."""

    method: str
    at: Moment
    reached: bool
    record: Sealed


class RequestReturn(Body, frozen=True):
    """退单申请: why it is not this unit's duty, and whose it would be."""

    reason: Sealed
    suggested: str | None = None


class RuleOnReturn(Body, frozen=True):
    """裁定: upheld → the ticket goes to ``to``; refused → it stays. Neither can be returned again (潍坊条例 art.22)."""

    upheld: bool
    reason: Sealed
    to: str | None = None


class Answer(Body, frozen=True):
    """办理答复: the reply (public, to the citizen), the feedback (internal, to the hotline), whether it is solved."""

    reply: Sealed
    feedback: Sealed
    solved: bool
    attachments: list[Attachment] = []


class Approve(Body, frozen=True):
    """答复审核通过 (济南条例 art.27)."""


class SendBack(Body, frozen=True):
    """退回重办: the answer is not good enough (济南条例 art.27)."""

    reason: Sealed


class RecordSurvey(Body, frozen=True):
    """回访结果: the grade, whether the citizen calls it solved, why not satisfied, and the words.

    A unit never rates itself.
    ``round``: the one that is rated, where the asker knows it; a late answer to another one is refused.
    ``partly``: of what is not solved, whether a part is (部分解决); it never counts as solved.
    """

    grade: Grade
    solved: bool | None = None
    words: Sealed | None = None
    round: int | None = None
    partly: bool | None = None
    reasons: Annotated[list[Dissatisfaction], Meta(max_length=8)] | None = None


class RecordAttempt(Body, frozen=True):
    """回访未果: the citizen could not be reached; unrated is never counted as satisfied."""

    method: str


class Redo(Body, frozen=True):
    """重办: an operator orders another round although the survey did not (应办未办, 济南条例 art.27)."""

    reason: Sealed


class Close(Body, frozen=True):
    """办结: an operator closes without a rating because the citizen wants no call-back."""

    reason: Sealed


class Dispute(Body, frozen=True):
    """申诉: the citizen does not accept that a ticket was closed, and why; it is handled once more."""

    reason: Sealed


class Urge(Body, frozen=True):
    """催办 by a person: why, and in what words, the unit that holds the ticket is urged."""

    because: Urging
    words: Sealed | None = None


class Look(Body, frozen=True):
    """查看: which sealed fields a person asks to see, and what for (design §8).

    ``files`` are the digests of the files that are opened by it: the field ``attachment`` alone tells none apart.
    """

    fields: Annotated[list[Field], Meta(min_length=1)]
    purpose: Purpose
    files: list[Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]] = []


class SetDeadlines(Body, frozen=True):
    """The due moments that the sla service computed; each with its trace (design §5)."""

    deadlines: list[Proposed]


class WarnDeadline(Body, frozen=True):
    """临期提醒."""

    clock: Clock
    round: int
    due: Moment


class MissDeadline(Body, frozen=True):
    """超期: the moment has passed; the unit is urged (催办), a survey lapses."""

    clock: Clock
    round: int
    due: Moment


class RecordDelivery(Body, frozen=True):
    """回告: what went back to the channel, in which round, delivered or given up, after how many tries."""

    purpose: str
    round: int
    delivered: bool
    tries: int
    because: str | None = None


class ImportHistory(Body, frozen=True):
    """历史导入: one ticket of another system with its whole past, as one entry, so that no clock fires half way."""

    channel: str
    account: str
    external_id: str
    title: Sealed
    text: Sealed
    past: Past
    demand: Demand = "other"
    urgency: Urgency = "ordinary"
    topic: str | None = None
    place: str | None = None
    citizen: Sealed | None = None
    scope: str | None = None


class PublishPolicy(Body, frozen=True):
    """A policy version, sent with the same id to every partition (design §1)."""

    document: Document


TicketBody = (
    Register
    | Amend
    | Triage
    | Accept
    | Decline
    | AnswerDirectly
    | Assign
    | Sign
    | Contact
    | RequestReturn
    | RuleOnReturn
    | Answer
    | Approve
    | SendBack
    | RecordSurvey
    | RecordAttempt
    | Redo
    | Close
    | Dispute
    | Urge
    | Look
    | SetDeadlines
    | WarnDeadline
    | MissDeadline
    | RecordDelivery
    | ImportHistory
)


class Command(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A record of ``ticket-commands``, keyed by ``ticket``.

    ``id`` is the same whenever the same thing is asked; ``expected`` is the ticket's version that the asker saw;
    ``issuer`` is the service that vouches for the actor; ``occurred_at`` is what the source claims, in UTC.
    """

    id: str
    ticket: str
    jurisdiction: str
    actor: Actor
    issuer: str
    occurred_at: Moment
    body: TicketBody | PublishPolicy
    expected: int | None = None
    schema: int = SCHEMA


read_command = json.Decoder(Command).decode
"""Bytes → Command; raises msgspec.DecodeError or ValidationError with the field's path."""

write = json.Encoder().encode
"""Any wire type → JSON bytes."""
