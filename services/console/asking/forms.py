"""What people ask for: one form a thing they may do, and the command that each becomes.

A form is the JSON body of ``POST /api/tickets`` or ``POST /api/tickets/{ticket}/<action>``; a field that it
does not have is refused. Free texts are sealed on the way from form to command, under the name of the event's
field. Whether a thing may be done says the ledger alone (``shared.ticket.decide.TRANSITIONS``).
"""

from collections.abc import Callable
from typing import Annotated, get_args

from msgspec import Meta, Struct, json

from shared.channels.form import Citizen
from shared.ticket import commands as c
from shared.ticket.words import (
    Attachment,
    Demand,
    Dissatisfaction,
    Grade,
    Moment,
    Purpose,
    Reason,
    ReplyBy,
    Sealed,
    Urgency,
    Urging,
    Written,
)

Seal = Callable[[str, str], Sealed]
"""Seals a text as the named field of the ticket."""
Text = Annotated[str, Meta(min_length=1, max_length=20_000, pattern=r"^[^\x00]*\Z")]
"""A free text; a NUL byte would break the stores behind."""
Word = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*\Z")]
"""A code: of a topic, a place, a unit, a handler, a ground or a method."""
MOST_FILES = 9
"""Files of one form, as many as intake takes of a demand."""
Files = Annotated[list[Attachment], Meta(max_length=MOST_FILES)]
"""Files that were uploaded for this very ticket before (``files.py``)."""
BY_HAND = "operator"
"""The rule that an assignment names when a person, and no line of the catalogue, chose the unit."""


class Form(Struct, frozen=True, forbid_unknown_fields=True):
    """A thing that is asked of a ticket; its ``command`` gives the command's body, every free text sealed."""


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """诉求人, as told on the phone; sealed as one."""

    name: Word | None = None
    phone: Word | None = None
    address: Annotated[str, Meta(max_length=500, pattern=r"^[^\x00]*\Z")] | None = None


class Registration(Struct, frozen=True, forbid_unknown_fields=True):
    """登记 a demand that somebody made in person or on the phone."""

    title: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*\Z")]
    text: Text
    demand: Demand = "other"
    urgency: Urgency = "ordinary"
    topic: Word | None = None
    place: Word | None = None
    citizen: Person | None = None
    occurred_at: Moment | None = None
    confidential: bool = False
    attachments: Files = []
    reply_by: ReplyBy | None = None

    def command(self, seal: Seal, account: str, external_id: str, fingerprint: str) -> c.Register:
        """The order of the channel ``console``; ``fingerprint`` is of the plain form."""
        who = self.citizen
        citizen = seal("citizen", _json(Citizen(who.name, who.phone, who.address))) if who else None
        return c.Register(
            channel="console",
            account=account,
            external_id=external_id,
            fingerprint=fingerprint,
            title=seal("title", self.title),
            text=seal("text", self.text),
            demand=self.demand,
            urgency=self.urgency,
            topic=self.topic,
            place=self.place,
            citizen=citizen,
            attachments=self.attachments,
            confidential=self.confidential,
            reply_by=self.reply_by,
        )


def _json(value: Struct) -> str:
    return json.encode(value).decode()


class Amend(Form, frozen=True):
    """补充更正: a further text, a better topic, place, kind or urgency."""

    text: Text | None = None
    demand: Demand | None = None
    urgency: Urgency | None = None
    topic: Word | None = None
    place: Word | None = None
    attachments: Files = []

    def command(self, seal: Seal, /) -> c.Amend:
        text = seal("text", self.text) if self.text is not None else None
        return c.Amend(text, self.demand, self.urgency, self.topic, self.place, self.attachments)


class Accept(Form, frozen=True):
    """受理."""

    def command(self, _: Seal, /) -> c.Accept:
        return c.Accept()


class Decline(Form, frozen=True):
    """不予受理: the ground, the reason for the citizen, the right way to go."""

    ground: Word
    reason: Text
    right_channel: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*\Z")]

    def command(self, seal: Seal, /) -> c.Decline:
        return c.Decline(self.ground, seal("reason", self.reason), self.right_channel)


class AnswerDirectly(Form, frozen=True):
    """直接答复."""

    reply: Text

    def command(self, seal: Seal, /) -> c.AnswerDirectly:
        return c.AnswerDirectly(seal("reply", self.reply))


class Assign(Form, frozen=True):
    """派单 by hand."""

    lead: Word
    assisting: Annotated[list[Word], Meta(max_length=20)] = []
    handler: Word | None = None

    def command(self, _: Seal, /) -> c.Assign:
        return c.Assign(self.lead, Reason(BY_HAND, 0), self.assisting, self.handler)


class Sign(Form, frozen=True):
    """签收."""

    handler: Word | None = None

    def command(self, _: Seal, /) -> c.Sign:
        return c.Sign(self.handler)


class Contact(Form, frozen=True):
    """联系诉求人: how, when, whether reached, and the record of it."""

    method: Word
    at: Moment
    reached: bool
    record: Text

    def command(self, seal: Seal, /) -> c.Contact:
        return c.Contact(self.method, self.at, self.reached, seal("record", self.record))


class RequestReturn(Form, frozen=True):
    """退单申请."""

    reason: Text
    suggested: Word | None = None

    def command(self, seal: Seal, /) -> c.RequestReturn:
        return c.RequestReturn(seal("reason", self.reason), self.suggested)


class RuleOnReturn(Form, frozen=True):
    """裁定退单: upheld, it goes to ``to`` or back to triage; refused, it stays."""

    upheld: bool
    reason: Text
    to: Word | None = None

    def command(self, seal: Seal, /) -> c.RuleOnReturn:
        return c.RuleOnReturn(self.upheld, seal("reason", self.reason), self.to)


class Answer(Form, frozen=True):
    """办理答复: the reply to the citizen and the feedback to the hotline, which are never one field; evidence."""

    reply: Text
    feedback: Text
    solved: bool
    attachments: Files = []

    def command(self, seal: Seal, /) -> c.Answer:
        reply, feedback = seal("reply", self.reply), seal("feedback", self.feedback)
        return c.Answer(reply, feedback, self.solved, self.attachments)


class Approve(Form, frozen=True):
    """审核通过."""

    def command(self, _: Seal, /) -> c.Approve:
        return c.Approve()


class SendBack(Form, frozen=True):
    """退回重办."""

    reason: Text

    def command(self, seal: Seal, /) -> c.SendBack:
        return c.SendBack(seal("reason", self.reason))


class RecordSurvey(Form, frozen=True):
    """登记回访; ``partly`` solved is not solved."""

    grade: Grade
    solved: bool | None = None
    partly: bool | None = None
    reasons: Annotated[list[Dissatisfaction], Meta(max_length=8)] | None = None
    words: Text | None = None

    def command(self, seal: Seal, /) -> c.RecordSurvey:
        words = seal("words", self.words) if self.words is not None else None
        return c.RecordSurvey(self.grade, self.solved, words, partly=self.partly, reasons=self.reasons)


class RecordAttempt(Form, frozen=True):
    """登记回访未果."""

    method: Word

    def command(self, _: Seal, /) -> c.RecordAttempt:
        return c.RecordAttempt(self.method)


class Redo(Form, frozen=True):
    """重办."""

    reason: Text

    def command(self, seal: Seal, /) -> c.Redo:
        return c.Redo(seal("reason", self.reason))


class Close(Form, frozen=True):
    """办结 without a rating."""

    reason: Text

    def command(self, seal: Seal, /) -> c.Close:
        return c.Close(seal("reason", self.reason))


class Dispute(Form, frozen=True):
    """申诉重开, by an operator on the citizen's behalf."""

    reason: Text

    def command(self, seal: Seal, /) -> c.Dispute:
        return c.Dispute(seal("reason", self.reason))


class Urge(Form, frozen=True):
    """催办."""

    because: Urging
    words: Text | None = None

    def command(self, seal: Seal, /) -> c.Urge:
        words = seal("words", self.words) if self.words is not None else None
        return c.Urge(self.because, words)


class Look(Form, frozen=True):
    """查看: which sealed texts, and what for. No action: its answer is what they say (``looks.py``)."""

    fields: Annotated[list[Written], Meta(min_length=1, max_length=len(get_args(Written)))]
    purpose: Purpose

    def command(self, _: Seal, /) -> c.Look:
        return c.Look([*self.fields], self.purpose)


class LookAtFile(Form, frozen=True):
    """查看附件: what one of the ticket's files is opened for. No action: its answer is the file."""

    purpose: Purpose

    def command(self, _: Seal, /) -> c.Look:
        return c.Look(["attachment"], self.purpose)


Action = (
    Amend
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
)
"""Every form."""
ACTIONS: dict[str, type[Action]] = {
    "amend": Amend,
    "accept": Accept,
    "decline": Decline,
    "answer-directly": AnswerDirectly,
    "assign": Assign,
    "sign": Sign,
    "contact": Contact,
    "request-return": RequestReturn,
    "rule-on-return": RuleOnReturn,
    "answer": Answer,
    "approve": Approve,
    "send-back": SendBack,
    "survey": RecordSurvey,
    "survey-attempt": RecordAttempt,
    "redo": Redo,
    "close": Close,
    "dispute": Dispute,
    "urge": Urge,
}
"""The last part of the address → the form. A new action is a form above and a line here."""
