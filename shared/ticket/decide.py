"""What may happen to a ticket: the transition table, and ``decide(ticket, command, situation)``.

The table can be checked against the trade's texts by someone who knows no Python; the conditions that a row cannot
say (which due moment, which unit exists) stand in ``shared/ticket/rules/``, one function a command.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from shared.policy.documents import Policies
from shared.ticket import commands as c
from shared.ticket.events import Event
from shared.ticket.parties import (
    ASSISTING_UNIT,
    AUDITOR,
    CHANNEL,
    CLI,
    DISPATCH,
    FEEDBACK,
    HOTLINE,
    LEAD_UNIT,
    SLA,
    SUPERVISOR,
    party,
)
from shared.ticket.refusals import Refusal, refuse
from shared.ticket.rules import clocks, dispatching, handling, intake, looking, review, urging
from shared.ticket.situation import Situation
from shared.ticket.state import STAGES_ZH, Ticket

NEW = "(new)"
OPEN = ("registered", "accepted", "assigned", "signed", "return_requested", "answered", "surveying", "redo")
ANY = (*OPEN, "closed")


class Row(NamedTuple):
    """One line of the table: at these stages, this may be asked, by these, leading to one of these stages."""

    stages: tuple[str, ...]
    command: type[c.Body]
    who: tuple[str, ...]
    next: tuple[str, ...]
    rule: Callable[..., list[Event] | Refusal]
    source: str


SAME = ("(same)",)

TRANSITIONS: tuple[Row, ...] = (
    # stages | what is asked | by whom | next stage | rule | where it is from
    Row((NEW,), c.Register, (CHANNEL, HOTLINE), ("registered",), intake.register, "北京条例 art.8, 10"),
    Row(
        ANY,
        c.Register,
        (CHANNEL, HOTLINE),
        SAME,
        intake.supplement,
        "design §3 point 10: a resend supplements",
    ),
    Row(OPEN, c.Amend, (CHANNEL, HOTLINE), SAME, intake.amend, "北京条例 art.10"),
    Row(
        (NEW,),
        c.ImportHistory,
        (CLI,),
        ("registered", "assigned", "closed"),
        intake.import_history,
        "design §3.14",
    ),
    Row(("registered",), c.Accept, (HOTLINE,), ("accepted",), intake.accept, "53号文: 受理"),
    Row(("registered", "accepted"), c.Decline, (HOTLINE,), ("closed",), intake.decline, "潍坊条例 art.19"),
    Row(
        ("registered", "accepted"),
        c.AnswerDirectly,
        (HOTLINE,),
        ("closed",),
        intake.answer,
        "北京条例 art.11",
    ),
    Row(("registered", "accepted"), c.Triage, (DISPATCH,), SAME, dispatching.triage, "66号文(五)"),
    Row(
        ("registered", "accepted", "redo"),
        c.Assign,
        (DISPATCH, HOTLINE),
        ("assigned",),
        dispatching.assign,
        "北京条例 art.11–13; 66号文(五)",
    ),
    Row(
        ("assigned",), c.Sign, (LEAD_UNIT,), ("signed",), handling.sign, "天津办法 art. on 接收 (domain §2.1)"
    ),
    Row(("assigned", "signed"), c.Contact, (LEAD_UNIT,), SAME, handling.contact, "北京条例 art.15(1)"),
    Row(
        ("assigned", "signed"),
        c.RequestReturn,
        (LEAD_UNIT,),
        ("return_requested",),
        dispatching.request_return,
        "安阳条例 art.50; 潍坊条例 art.22",
    ),
    Row(
        ("return_requested",),
        c.RuleOnReturn,
        (HOTLINE,),
        ("accepted", "assigned", "signed"),
        dispatching.rule_on_return,
        "66号文(五); after it no second return, 潍坊条例 art.22",
    ),
    Row(
        ("signed",),
        c.Answer,
        (LEAD_UNIT,),
        ("answered",),
        handling.answer,
        "北京条例 art.15(3); 济南条例 art.24",
    ),
    Row(("answered",), c.Approve, (HOTLINE,), ("surveying", "closed"), review.approve, "济南条例 art.27"),
    Row(("answered",), c.SendBack, (HOTLINE,), ("signed",), review.send_back, "济南条例 art.27"),
    Row(
        ("surveying",),
        c.RecordSurvey,
        (HOTLINE, CHANNEL),
        ("closed", "redo"),
        review.record_survey,
        "北京条例 art.23; 济南条例 art.27",
    ),
    Row(
        ("surveying",),
        c.RecordAttempt,
        (HOTLINE, FEEDBACK),
        ("surveying", "closed"),
        review.record_attempt,
        "赣府厅字〔2020〕71号",
    ),
    Row(("surveying",), c.Redo, (HOTLINE,), ("redo",), review.redo, "济南条例 art.27: 应办未办"),
    Row(("surveying",), c.Close, (HOTLINE,), ("closed",), review.close, "济南条例 art.24: no reply wanted"),
    Row(
        ("closed",),
        c.Dispute,
        (CHANNEL, HOTLINE),
        ("redo",),
        review.dispute,
        "design §4; once and with new facts only, as 济南条例 art.25; the window as 信访工作条例's 复查, by policy",
    ),
    Row(
        ("assigned", "signed", "redo"),
        c.Urge,
        (SUPERVISOR, HOTLINE),
        SAME,
        urging.urge,
        "潍坊条例 art.26; domain §3.8 steps 1–2",
    ),
    Row(
        ANY,
        c.Look,
        (HOTLINE, LEAD_UNIT, ASSISTING_UNIT, SUPERVISOR, AUDITOR),
        SAME,
        looking.look,
        "design §8; 个人信息保护法 art.6, 51",
    ),
    Row(ANY, c.SetDeadlines, (SLA,), SAME, clocks.set_deadlines, "北京条例 art.13; design §5"),
    Row(OPEN, c.WarnDeadline, (SLA,), SAME, clocks.warn, "domain §3.8 step 1"),
    Row(ANY, c.MissDeadline, (SLA,), ("(same)", "closed"), clocks.miss, "domain §3.8 step 2; unrated lapses"),
    Row(
        ANY,
        c.RecordDelivery,
        (FEEDBACK,),
        SAME,
        review.record_delivery,
        "北京条例 art.15(3): the citizen is told",
    ),
)

ROW: dict[tuple[str, type], Row] = {(stage, row.command): row for row in TRANSITIONS for stage in row.stages}
COMMANDS: frozenset[type] = frozenset(row.command for row in TRANSITIONS)


def decide(
    ticket: Ticket | None, command: c.Command, policies: Policies, at: datetime, number: str
) -> tuple[list[Event] | Refusal, dict[str, int]]:
    """The events that the command causes, or the refusal; and the policy versions that were looked at.

    ticket    None if there is none yet
    policies  what this partition has been told, up to this command
    at        the broker's time of the command, UTC (never this machine's clock)
    number    the 工单编号 that a new ticket would get
    Pure: the same four give the same answer, byte for byte, for ever (design §3 point 7).
    """
    refused = _may(ticket, command)
    if refused:
        return refused, {}
    row = ROW[ticket.stage if ticket else NEW, type(command.body)]
    situation = Situation(command, policies, at, number)
    return row.rule(ticket, command.body, situation), situation.consulted


def _may(ticket: Ticket | None, command: c.Command) -> Refusal | None:
    """What the table and the ticket's version say, before any rule is asked."""
    if ticket and ticket.jurisdiction != command.jurisdiction:
        return refuse("other_jurisdiction", owner=ticket.jurisdiction, asked=command.jurisdiction)
    row = ROW.get((ticket.stage if ticket else NEW, type(command.body)))
    if row is None:
        return _no_row(ticket, command)
    if refused := _not_theirs(row, ticket, command):
        return refused
    if ticket and command.expected is not None and command.expected != ticket.version:
        return refuse("stale_version", now=ticket.version, seen=command.expected)
    return None


def _no_row(ticket: Ticket | None, command: c.Command) -> Refusal:
    if ticket is None:
        return refuse("unknown_ticket")
    if isinstance(command.body, c.ImportHistory):
        return refuse("already_imported")
    if isinstance(command.body, c.RequestReturn) and ticket.ruled:
        return refuse("return_already_ruled")
    act = type(command.body).__name__
    return refuse(
        "not_in_this_stage",
        stage=ticket.stage,
        stage_zh=STAGES_ZH[ticket.stage],
        act=act,
        act_zh=ACTS_ZH[act],
    )


def _not_theirs(row: Row, ticket: Ticket | None, command: c.Command) -> Refusal | None:
    act = row.command.__name__
    if party(ticket, command) in row.who:
        return None
    if command.actor.role != "unit" or LEAD_UNIT not in row.who:
        return refuse("not_your_role", act=act, act_zh=ACTS_ZH[act])
    if ASSISTING_UNIT in row.who:
        return refuse("not_holding", act=act, act_zh=ACTS_ZH[act])
    lead = ticket.lead if ticket else None
    return refuse("not_your_unit", lead=lead, act=act, act_zh=ACTS_ZH[act])


ACTS_ZH = {
    "Register": "登记",
    "Amend": "补充更正",
    "Triage": "转研判",
    "Accept": "受理",
    "Decline": "不予受理",
    "AnswerDirectly": "直接答复",
    "Assign": "派单",
    "Sign": "签收",
    "Contact": "登记联系",
    "RequestReturn": "申请退单",
    "RuleOnReturn": "裁定退单",
    "Answer": "提交答复",
    "Approve": "审核通过",
    "SendBack": "退回重办",
    "RecordSurvey": "登记回访",
    "RecordAttempt": "登记回访未果",
    "Redo": "重办",
    "Close": "办结",
    "Dispute": "申诉重开",
    "Urge": "催办",
    "Look": "查看",
    "SetDeadlines": "设定期限",
    "WarnDeadline": "临期提醒",
    "MissDeadline": "标记超期",
    "RecordDelivery": "登记回告",
    "ImportHistory": "导入历史",
}
