"""One ticket: its facts, where it stands, every deadline with its explanation, and what happened."""

from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from msgspec import Struct, json
from starlette.responses import RedirectResponse

from services.console.advice.terms import calendar_of, left_by
from services.console.asking.duties import within_duties
from services.console.asking.standing import offers, sights, standing
from services.console.attachments.attached import attached
from services.console.desk import Desk, desk_of
from services.console.numbers.hands import ran, span_of, went_on
from services.console.numbers.time_ledger import Line as Told
from services.console.numbers.time_ledger import in_full_minutes, time_ledger
from services.console.pages.choices import choices
from services.console.pages.fields import FIELDS
from services.console.pages.inside import Anyone
from services.console.pages.kept import Kept
from services.console.pages.rendering import page
from services.console.pages.shown import Due, due_at, of_round, with_left
from services.console.pages.timeline import Line, reply_wished, stretches
from services.console.pages.unit.handling import handling
from services.console.people.accounts import Account
from services.console.proof.looks import Opened
from services.console.rows import TicketRow
from shared.deadline import BadTerm, Term
from shared.policy.calendar import ResolvedCalendar
from shared.problems import Problem
from shared.ticket.refusals import refuse
from shared.ticket.words import Counted, Proposed

router = APIRouter(include_in_schema=False)

WAY = ("registered", "accepted", "assigned", "signed", "answered", "surveying", "closed")
"""The stages of a ticket that meets with no objection; 退单待裁定 and 待重办 stand in the way of one."""
STANDS_AT = {"return_requested": "signed", "redo": "signed"}


class Clock(Struct, frozen=True):
    """A clock of a round with its explanation."""

    clock: str
    round: int
    start: datetime
    due: datetime
    before: datetime | None
    term: str
    warn_at: datetime | None
    provisional: bool
    trace: list[Counted]
    policies: dict[str, int]
    status: str
    stopped_at: datetime | None

    def shown(self, now: datetime, calendar: ResolvedCalendar | None) -> Due:
        """Its deadline at ``now``, with what is left by the calendar where its term counts working time."""
        if self.status == "void":
            return Due("void", self.due)
        shown = due_at(self.due, self.stopped_at, now, self.warn_at)
        assert shown  # noqa: S101
        try:
            return with_left(shown, left_by(Term.parse(self.term), self.due, now, calendar))
        except BadTerm:  # another system's
            return shown


def foreseen(one: Proposed) -> Clock:
    """A due moment that nobody has set yet, as a running clock."""
    return Clock(
        one.clock, one.round, one.start, one.due, None, one.term, one.warn_at, one.provisional, one.trace,
        one.policies, "running", None,
    )  # fmt: skip


class Step(Struct, frozen=True):
    """A stage of the stage bar."""

    stage: str
    done: bool
    current: bool


def steps(stage: str) -> list[Step]:
    """The way of a ticket as seen from its stage."""
    way = [*WAY]
    if stage in STANDS_AT:
        way.insert(way.index(STANDS_AT[stage]) + 1, stage)
    at = way.index(stage)
    return [Step(one, place < at, place == at) for place, one in enumerate(way)]


@router.get("/tickets/{ticket}")
async def ticket(
    request: Request, caller: Anyone, ticket: str, said: str = "", asof: str | None = None
) -> Response:
    """The ticket; ``said`` names the action that led here, ``asof`` is a place in its past."""
    if asof is not None:
        return RedirectResponse(f"{quote(f'/tickets/{ticket}/as-of')}?{urlencode({'asof': asof})}", 303)
    return await show(request, caller, ticket, said=said)


async def show(
    request: Request,
    caller: Account,
    ticket: str,
    *,
    said: str = "",
    kept: Kept | None = None,
    opened: Opened | None = None,
) -> Response:
    """The ticket as it stands, with what the caller may do; ``kept`` is a form that was not taken.

    Raises Problem 404 where the caller may not know of it.
    """
    desk = desk_of(request)
    row = await desk.queries.ticket(caller, ticket)
    if row is None:
        raise Problem.refused(refuse("unknown_ticket"))
    clocks = await clocks_of(desk, caller, ticket)
    lines = await lines_of(desk, caller, ticket)
    now = datetime.now(UTC)
    calendar = calendar_of(row.jurisdiction, now, await desk.policies.known())
    shown = [(clock, clock.shown(now, calendar)) for clock in clocks]
    told = [Told(line.at, line.kind, line.detail) for line in lines]
    parts = in_full_minutes(time_ledger(told, span_of(row, now)))
    return await page(
        request,
        caller,
        "ticket",
        reads_at=f"/tickets/{ticket}",
        status=kept.problem.status if kept else 200,
        row=row,
        steps=steps(row.stage),
        clocks=shown,
        running=running(shown, row.round),
        stretches=stretches(lines),
        reply_by=reply_wished(lines),
        parts=parts,
        clock_ran=ran(parts),
        went_on=went_on(parts),
        key=token_urlsafe(12),
        said=said if said in (*FIELDS, "sent", "signoff") else "",
        kept=kept,
        missed=kept.missed(lines) if kept else [],
        opened=opened,
        **await _may(desk, caller, row, lines, now),
    )


async def lines_of(desk: Desk, caller: Account, ticket: str) -> list[Line]:
    """What happened to the ticket, in the record's order."""
    return json.decode(json.encode(await desk.queries.timeline(caller, ticket)), type=list[Line])


async def clocks_of(desk: Desk, caller: Account, ticket: str) -> list[Clock]:
    """Every clock of every round of the ticket."""
    return json.decode(json.encode(await desk.queries.deadlines(caller, ticket)), type=list[Clock])


def running(clocks: list[tuple[Clock, Due]], round: int) -> list[tuple[Clock, Due]]:
    """The citizen's clock, and the others of this round that run: what the head of the page shows."""
    return [
        (clock, of_round(due, round) if clock.clock == "citizen" else due)
        for clock, due in clocks
        if clock.clock == "citizen" or (clock.round == round and due.span is not None)
    ]


async def _may(
    desk: Desk, caller: Account, row: TicketRow, lines: list[Line], now: datetime
) -> dict[str, Any]:
    """What the caller is offered, with what their forms let them choose from."""
    policies = await desk.policies.known()
    stands, drafts = standing(row, lines), await desk.drafts.of(caller, row.id)
    possible = offers(stands, caller, policies, now)
    approved = caller.unit is not None and await desk.signoffs.approved(caller)
    return {
        "offers": within_duties(possible, caller, approved),
        "handling": await handling(desk, caller, row, lines, possible, drafts, approved, now),
        "sights": sights(stands, caller, now),
        "files": attached(lines),
        "fields": FIELDS,
        "drafts": drafts,
        "choices": choices(policies, row.jurisdiction, row.lead, now),
    }
