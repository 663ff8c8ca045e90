"""查看: who may open which sealed fields, at which stages and what for (design §8). The table is the rule."""

from typing import NamedTuple, get_args

from shared.ticket import commands as c
from shared.ticket import events as e
from shared.ticket.parties import ASSISTING_UNIT, AUDITOR, HOTLINE, LEAD_UNIT, SUPERVISOR, party
from shared.ticket.refusals import Refusal, refuse
from shared.ticket.situation import Situation
from shared.ticket.state import STAGES_ZH, Stage, Ticket
from shared.ticket.words import Field, Purpose

EVERY: tuple[Stage, ...] = get_args(Stage)
DEMAND: tuple[Field, ...] = ("title", "text")
CITIZEN: tuple[Field, ...] = ("citizen",)
CASE: tuple[Field, ...] = ("reason", "record", "reply", "feedback", "words", "attachment")
HELD: tuple[Stage, ...] = ("assigned", "signed", "return_requested", "answered", "redo")


class Right(NamedTuple):
    """One line: at these stages, these may open these fields for this purpose."""

    who: str
    stages: tuple[Stage, ...]
    fields: tuple[Field, ...]
    purpose: Purpose
    source: str


RIGHTS: tuple[Right, ...] = (
    # who | at which stages | which fields | what for | where it is from
    Right(
        HOTLINE, ("registered", "accepted", "redo"), DEMAND + CASE, "dispatch", "66号文(五): precise dispatch"
    ),
    Right(HOTLINE, ("return_requested",), DEMAND + CASE, "ruling", "66号文(五): 派单异议审核"),
    Right(HOTLINE, ("answered",), DEMAND + CASE, "review", "济南条例 art.27"),
    Right(HOTLINE, ("surveying",), DEMAND + CITIZEN + CASE, "survey", "北京条例 art.23"),
    Right(HOTLINE, EVERY, DEMAND + CITIZEN, "contact", "北京条例 art.8: the hotline keeps the contact data"),
    Right(
        HOTLINE, EVERY, DEMAND + CITIZEN + CASE, "inquiry", "53号文: progress on request; 北京条例 art.11(3)"
    ),
    Right(HOTLINE, EVERY, ("code",), "inquiry", "53号文: progress on request, by number and code"),
    Right(LEAD_UNIT, HELD, DEMAND + CASE, "handling", "北京条例 art.15"),
    Right(LEAD_UNIT, ("assigned", "signed"), DEMAND + CITIZEN, "contact", "北京条例 art.15(1)"),
    Right(ASSISTING_UNIT, HELD, (*DEMAND, "reason", "attachment"), "handling", "北京条例 art.14"),
    Right(ASSISTING_UNIT, ("assigned", "signed"), DEMAND + CITIZEN, "contact", "北京条例 art.14, 15(1)"),
    Right(SUPERVISOR, EVERY, DEMAND + CASE, "supervision", "潍坊条例 art.26; 个人信息保护法 art.6"),
    Right(AUDITOR, EVERY, DEMAND + CITIZEN + CASE, "audit", "个人信息保护法 art.54"),
)
NOT_IF_CONFIDENTIAL = (LEAD_UNIT, ASSISTING_UNIT)
"""Who never learns whose confidential ticket it is: they reach the citizen through the hotline.

GB/T 33358; 济南条例 art.32; 市场监管投诉举报办法 art.33.
"""
PURPOSES_ZH: dict[Purpose, str] = {
    "dispatch": "派单研判",
    "ruling": "退单裁定",
    "handling": "办理",
    "contact": "联系诉求人",
    "review": "审核答复",
    "survey": "回访",
    "inquiry": "答复查询",
    "supervision": "督办",
    "audit": "审计",
}
FIELDS_ZH: dict[Field, str] = {
    "title": "标题",
    "text": "诉求内容",
    "citizen": "诉求人",
    "reason": "理由",
    "record": "联系记录",
    "reply": "公开答复",
    "feedback": "内部反馈",
    "words": "回访或催办原话",
    "code": "查询码",
    "attachment": "附件",
}


def look(ticket: Ticket, body: c.Look, now: Situation) -> list[e.Event] | Refusal:
    """All of the fields or none: the names of those that may not be opened stand in the refusal."""
    may = allowed(ticket, party(ticket, now.command), body.purpose)
    asked = sorted(set(body.fields))
    if denied := [field for field in asked if field not in may]:
        return refuse(
            "look_not_allowed",
            stage=ticket.stage,
            stage_zh=STAGES_ZH[ticket.stage],
            purpose=body.purpose,
            purpose_zh=PURPOSES_ZH[body.purpose],
            fields=", ".join(denied),
            fields_zh="、".join(FIELDS_ZH[field] for field in denied),
        )
    return [e.Looked(asked, body.purpose, body.files)]


def allowed(ticket: Ticket, who: str, purpose: Purpose) -> frozenset[Field]:
    """The fields that one of this party may open for this purpose, as the ticket stands."""
    named = [r for r in RIGHTS if r.who == who and r.purpose == purpose and ticket.stage in r.stages]
    fields = frozenset(field for right in named for field in right.fields)
    return fields - set(CITIZEN) if ticket.confidential and who in NOT_IF_CONFIDENTIAL else fields
