"""What happened to a ticket: past tense, never edited, only ever grown by optional fields or new events."""

from collections.abc import Iterable

from msgspec import Struct

from shared.policy.documents import Document
from shared.ticket.words import (
    Attachment,
    Clock,
    Counted,
    Demand,
    Dissatisfaction,
    Field,
    Grade,
    Moment,
    Outcome,
    Past,
    Purpose,
    Reason,
    ReplyBy,
    Sealed,
    Urgency,
    Urging,
)


class Happened(Struct, frozen=True, tag_field="kind", tag=True, omit_defaults=True):
    """An event; its class name is its kind."""


class Registered(Happened, frozen=True):
    """登记. ``number`` is the 工单编号; the citizen's clock runs from ``clock_from``, and is never reset."""

    number: str
    channel: str
    account: str
    external_id: str
    fingerprint: str
    clock_from: Moment
    title: Sealed
    text: Sealed
    demand: Demand
    urgency: Urgency
    topic: str | None = None
    place: str | None = None
    citizen: Sealed | None = None
    reply_to: Sealed | None = None
    attachments: list[Attachment] = []
    confidential: bool = False
    public: bool = False
    scope: str | None = None
    reply_by: ReplyBy | None = None


class Supplemented(Happened, frozen=True):
    """补充: further content on the same ticket, from its channel or an operator."""

    text: Sealed | None = None
    title: Sealed | None = None
    citizen: Sealed | None = None
    fingerprint: str | None = None
    attachments: list[Attachment] = []


class Reclassified(Happened, frozen=True):
    """更正分类: the four as they now are."""

    demand: Demand
    urgency: Urgency
    topic: str | None = None
    place: str | None = None


class Triaged(Happened, frozen=True):
    """转人工研判."""

    version: int
    because: str


class Accepted(Happened, frozen=True):
    """受理."""


class Declined(Happened, frozen=True):
    """不予受理."""

    ground: str
    reason: Sealed
    right_channel: str


class AnsweredDirectly(Happened, frozen=True):
    """直接答复."""

    reply: Sealed


class Assigned(Happened, frozen=True):
    """派单. The unit's clocks run from here unless policy starts them at signing."""

    lead: str
    because: Reason
    round: int
    assisting: list[str] = []
    handler: str | None = None


class Signed(Happened, frozen=True):
    """签收."""

    handler: str | None = None


class Contacted(Happened, frozen=True):
    """联系诉求人."""

    method: str
    at: Moment
    reached: bool
    record: Sealed


class ReturnRequested(Happened, frozen=True):
    """退单申请."""

    unit: str
    reason: Sealed
    suggested: str | None = None


class ReturnRuled(Happened, frozen=True):
    """退单裁定; binding on whoever holds the ticket after it."""

    upheld: bool
    unit: str
    reason: Sealed
    to: str | None = None


class Answered(Happened, frozen=True):
    """办理答复, awaiting the hotline's review."""

    unit: str
    reply: Sealed
    feedback: Sealed
    solved: bool
    attachments: list[Attachment] = []


class AnswerApproved(Happened, frozen=True):
    """答复审核通过: from here the reply is the citizen's."""

    reply: Sealed
    round: int


class AnswerSentBack(Happened, frozen=True):
    """退回重办."""

    reason: Sealed


class SurveyOpened(Happened, frozen=True):
    """回访开始."""

    round: int


class SurveyAttempted(Happened, frozen=True):
    """回访未果."""

    method: str
    attempt: int


class SurveyAnswered(Happened, frozen=True):
    """回访结果. ``partly``: of what is not solved, whether a part is; ``reasons``: why the citizen is not satisfied."""

    grade: Grade
    round: int
    solved: bool | None = None
    words: Sealed | None = None
    partly: bool | None = None
    reasons: list[Dissatisfaction] | None = None


class SurveyLapsed(Happened, frozen=True):
    """回访失效: nobody rated; never counted as satisfied."""

    round: int
    attempts: int


class RedoOrdered(Happened, frozen=True):
    """重办: round ``round`` begins, at ``unit`` (the same unit or its superior, as policy says)."""

    round: int
    unit: str
    reason: Sealed | None = None


class Closed(Happened, frozen=True):
    """An end state, with the last round's grade or None for unrated."""

    outcome: Outcome
    grade: Grade | None = None
    reason: Sealed | None = None


class DeadlineSet(Happened, frozen=True):
    """A clock's due moment; ``before`` is the one that it replaces."""

    clock: Clock
    round: int
    start: Moment
    due: Moment
    term: str
    warn_at: Moment | None
    provisional: bool
    trace: list[Counted]
    policies: dict[str, int]
    before: Moment | None = None


class DeadlineWarned(Happened, frozen=True):
    """临期."""

    clock: Clock
    round: int
    due: Moment


class DeadlineMissed(Happened, frozen=True):
    """超期."""

    clock: Clock
    round: int
    due: Moment


class Urged(Happened, frozen=True):
    """催办: the unit that holds a ticket whose clock ran out."""

    unit: str
    clock: Clock
    round: int


class UrgeOrdered(Happened, frozen=True):
    """催办 by a person: the unit that holds the ticket, and why. Who urged stands in the command."""

    unit: str
    round: int
    because: Urging
    words: Sealed | None = None


class Reopened(Happened, frozen=True):
    """申诉重开: the citizen disputes the closing of round ``round``; the next round is ordered with it."""

    round: int
    reason: Sealed


class Looked(Happened, frozen=True):
    """查看: these sealed fields were opened, for this purpose; never what they say. Who looked stands in the command.

    ``files`` are the digests of the files that were opened. The only event that changes nothing: the ticket's version
    stays (design §3 point 4).
    """

    fields: list[Field]
    purpose: Purpose
    files: list[str] = []


class Delivered(Happened, frozen=True):
    """回告送达 the channel."""

    purpose: str
    round: int
    tries: int


class DeliveryFailed(Happened, frozen=True):
    """回告失败: given up after ``tries``; people see it in a queue."""

    purpose: str
    round: int
    tries: int
    because: str | None = None


class HistoryImported(Happened, frozen=True):
    """历史导入: a ticket with its whole past (design §3 point 14)."""

    number: str
    channel: str
    account: str
    external_id: str
    title: Sealed
    text: Sealed
    past: Past
    demand: Demand
    urgency: Urgency
    topic: str | None = None
    place: str | None = None
    citizen: Sealed | None = None
    scope: str | None = None


class PolicyPublished(Happened, frozen=True):
    """A policy version governs this partition from here on."""

    document: Document


Event = (
    Registered
    | Supplemented
    | Reclassified
    | Triaged
    | Accepted
    | Declined
    | AnsweredDirectly
    | Assigned
    | Signed
    | Contacted
    | ReturnRequested
    | ReturnRuled
    | Answered
    | AnswerApproved
    | AnswerSentBack
    | SurveyOpened
    | SurveyAttempted
    | SurveyAnswered
    | SurveyLapsed
    | RedoOrdered
    | Closed
    | DeadlineSet
    | DeadlineWarned
    | DeadlineMissed
    | Urged
    | UrgeOrdered
    | Reopened
    | Looked
    | Delivered
    | DeliveryFailed
    | HistoryImported
    | PolicyPublished
)


def changes(events: Iterable[Event]) -> bool:
    """Whether these events change their ticket. A look does not: it raises no version (design §3 point 4)."""
    return any(type(event) is not Looked for event in events)
