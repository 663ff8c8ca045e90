"""The ticket as its events made it: ``evolve(ticket, event, at)``. What the rules need to know, and nothing else."""

from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from shared.ticket import events as e
from shared.ticket.words import Clock, Demand, Grade, Outcome, Sealed, Urgency

Stage = Literal[
    "registered",
    "accepted",
    "assigned",
    "signed",
    "return_requested",
    "answered",
    "surveying",
    "redo",
    "closed",
]
"""登记 受理 派单 签收 退单申请 办理答复(待审核) 回访 重办 终态; which end it was says ``outcome``."""
STAGES_ZH: dict[str, str] = {
    "registered": "已登记",
    "accepted": "已受理",
    "assigned": "已派单",
    "signed": "已签收",
    "return_requested": "退单待裁定",
    "answered": "待审核",
    "surveying": "回访中",
    "redo": "待重办",
    "closed": "已办结",
}


class Deadline(Struct, frozen=True):
    """A clock's due moment in the current round. ``missed`` once recorded as such, and for good."""

    round: int
    due: datetime
    warned: bool = False
    missed: bool = False


class Ticket(Struct, frozen=True):
    """One ticket. Times are the record's (broker) times in UTC unless said otherwise."""

    id: str
    number: str
    jurisdiction: str
    channel: str
    account: str
    clock_from: datetime
    """Where the citizen's clock starts: never reset."""
    demand: Demand
    urgency: Urgency
    topic: str | None
    place: str | None
    scope: str | None
    fingerprints: tuple[str, ...]
    version: int = 0
    stage: Stage = "registered"
    triaged: bool = False
    round: int = 1
    lead: str | None = None
    assisting: tuple[str, ...] = ()
    handler: str | None = None
    assigned_at: datetime | None = None
    stops: dict[Clock, datetime] = {}
    """When each clock of this round stopped."""
    deadlines: dict[Clock, Deadline] = {}
    contacted: bool = False
    ruled: bool = False
    """A return was ruled on: nobody may return the ticket again (潍坊条例 art.22)."""
    reply: Sealed | None = None
    attempts: int = 0
    grade: Grade | None = None
    outcome: Outcome | None = None
    reported: tuple[str, ...] = ()
    """What the channel was told (``purpose:round``) or given up on."""
    confidential: bool = False
    closed_at: datetime | None = None
    """When it last came to an end; of an imported one as its old system claims."""
    disputed: bool = False
    """The citizen disputed its closing once: there is no second time."""


class Summary(Struct, frozen=True, omit_defaults=True):
    """The ticket after an entry, so that a reactor needs no memory of its own for it (design §3 point 2)."""

    stage: Stage
    number: str
    jurisdiction: str
    channel: str
    account: str
    demand: Demand
    urgency: Urgency
    clock_from: datetime
    round: int = 1
    topic: str | None = None
    place: str | None = None
    scope: str | None = None
    lead: str | None = None
    handler: str | None = None
    outcome: Outcome | None = None
    triaged: bool = False


def summary(t: Ticket) -> Summary:
    """The part of a ticket that every entry carries."""
    return Summary(
        t.stage,
        t.number,
        t.jurisdiction,
        t.channel,
        t.account,
        t.demand,
        t.urgency,
        t.clock_from,
        t.round,
        t.topic,
        t.place,
        t.scope,
        t.lead,
        t.handler,
        t.outcome,
        t.triaged,
    )


def registered(event: e.Registered | e.HistoryImported, id: str, jurisdiction: str) -> Ticket:
    """The ticket that a first event makes."""
    ticket = Ticket(
        id=id,
        number=event.number,
        jurisdiction=jurisdiction,
        channel=event.channel,
        account=event.account,
        clock_from=event.past.registered_at if isinstance(event, e.HistoryImported) else event.clock_from,
        demand=event.demand,
        urgency=event.urgency,
        topic=event.topic,
        place=event.place,
        scope=event.scope,
        confidential=isinstance(event, e.Registered) and event.confidential,
        fingerprints=() if isinstance(event, e.HistoryImported) else (event.fingerprint,),
    )
    return _with_past(ticket, event) if isinstance(event, e.HistoryImported) else ticket


def _with_past(t: Ticket, event: e.HistoryImported) -> Ticket:
    past = event.past
    if past.outcome is not None:
        ended = replace(t, stage="closed", outcome=past.outcome, grade=past.grade, lead=past.unit)
        return replace(ended, closed_at=past.closed_at)
    return replace(t, stage="assigned" if past.unit else "registered", lead=past.unit, triaged=not past.unit)


def evolve(ticket: Ticket, event: e.Event, at: datetime) -> Ticket:
    """The ticket after one event recorded ``at`` (UTC). An event that changes nothing here leaves it as it is."""
    t = ticket
    match event:
        case e.Assigned():
            return _assigned(t, event, at)
        case e.DeadlineSet():
            return replace(t, deadlines={**t.deadlines, event.clock: Deadline(event.round, event.due)})
        case e.Signed():
            return replace(t, stage="signed", handler=event.handler or t.handler, stops=_stop(t, at, "sign"))
        case e.Contacted():
            return replace(t, contacted=True, stops=_stop(t, at, "contact"))
        case e.Answered():
            return replace(
                t, stage="answered", reply=event.reply, stops=_stop(t, at, "answer", "redo", "contact")
            )
        case e.AnswerApproved():
            return replace(t, reply=None, stops=_stop(t, at, "citizen"))
        case e.SurveyOpened():
            return replace(t, stage="surveying", attempts=0)
        case e.SurveyAnswered():
            return replace(t, grade=event.grade, stops=_stop(t, at, "survey"))
        case e.Closed():
            return _ended(t, event.outcome, event.grade, at)
        case e.Delivered() | e.DeliveryFailed():
            return replace(t, reported=(*t.reported, f"{event.purpose}:{event.round}"))
        case e.Accepted():
            return replace(t, stage="accepted")
        case e.DeadlineWarned():
            return _mark(t, event.clock, warned=True)
        case e.DeadlineMissed():
            return _mark(t, event.clock, missed=True)
        case _:
            return _evolve_rarely(t, event, at)


def _evolve_rarely(t: Ticket, event: e.Event, at: datetime) -> Ticket:
    match event:
        case e.Supplemented(fingerprint=str() as fingerprint):
            return replace(t, fingerprints=(*t.fingerprints, fingerprint))
        case e.Reclassified():
            return replace(
                t, demand=event.demand, urgency=event.urgency, topic=event.topic, place=event.place
            )
        case e.Triaged():
            return replace(t, triaged=True)
        case e.Declined():
            return _ended(t, "declined", None, at)
        case e.AnsweredDirectly():
            return _ended(t, "answered_directly", None, at)
        case e.ReturnRequested():
            return replace(t, stage="return_requested")
        case e.ReturnRuled():
            return _ruled(t, event)
        case e.AnswerSentBack():
            return _sent_back(t)
        case e.SurveyAttempted():
            return replace(t, attempts=event.attempt)
        case e.Reopened():
            return replace(t, disputed=True, outcome=None, closed_at=None)
        case e.RedoOrdered():
            return replace(t, stage="redo", round=event.round, lead=event.unit, handler=None, reply=None)
        case _:
            return t


def _stop(t: Ticket, at: datetime, *clocks: Clock) -> dict[Clock, datetime]:
    return {**dict.fromkeys(clocks, at), **t.stops}


def _assigned(t: Ticket, event: e.Assigned, at: datetime) -> Ticket:
    """The unit's clocks start anew with each assignment; the citizen's goes on."""
    return replace(
        t,
        stage="assigned",
        triaged=False,
        lead=event.lead,
        assisting=tuple(event.assisting),
        handler=event.handler,
        round=event.round,
        assigned_at=at,
        contacted=False,
        stops={c: m for c, m in t.stops.items() if c == "citizen"},
        deadlines={c: d for c, d in t.deadlines.items() if c == "citizen"},
    )


def _ruled(t: Ticket, event: e.ReturnRuled) -> Ticket:
    """An upheld return takes the ticket from its unit, and its clocks with it: they are not charged to it."""
    if event.upheld:
        citizen = {c: d for c, d in t.deadlines.items() if c == "citizen"}
        return replace(
            t, stage="accepted", ruled=True, lead=None, handler=None, deadlines=citizen, triaged=not event.to
        )
    return replace(t, stage="signed" if "sign" in t.stops else "assigned", ruled=True)


def _sent_back(t: Ticket) -> Ticket:
    """The unit's clock runs on to the same due moment: an answer that did not hold did not stop it."""
    running = {c: m for c, m in t.stops.items() if c not in ("answer", "redo")}
    return replace(t, stage="signed", reply=None, stops=running)


def _ended(t: Ticket, outcome: Outcome, grade: Grade | None, at: datetime) -> Ticket:
    stops = _stop(t, at, "citizen", "survey")
    return replace(t, stage="closed", outcome=outcome, grade=grade, reply=None, stops=stops, closed_at=at)


def _mark(t: Ticket, clock: Clock, **change: bool) -> Ticket:
    return replace(t, deadlines={**t.deadlines, clock: replace(t.deadlines[clock], **change)})
