"""退单裁定: the returns that wait, and all that a ruling looks at, its form beside what each answer would do."""

from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from msgspec import Struct

from services.console.advice.rulings import effects, nearest, proposal
from services.console.advice.terms import return_limit
from services.console.asking.standing import offers, sights, standing
from services.console.desk import Desk, desk_of
from services.console.numbers.hands import ran, span_of
from services.console.numbers.time_ledger import Line as Hand
from services.console.numbers.time_ledger import in_full_minutes, time_ledger
from services.console.pages.choices import choices
from services.console.pages.fields import FIELDS
from services.console.pages.inside import AtTheHotline
from services.console.pages.kept import Kept
from services.console.pages.register.beside import catalogue_line
from services.console.pages.rendering import page
from services.console.pages.ticket import clocks_of, foreseen, lines_of
from services.console.pages.timeline import Line
from services.console.people.accounts import Account
from services.console.queries import QUEUE_LIMIT
from services.console.rows import TicketRow
from shared.policy.documents import Policies
from shared.problems import Problem
from shared.ticket.refusals import refuse

router = APIRouter(include_in_schema=False)

RETURNS = "/returns"
ACTION = "rule-on-return"
Ticket = Annotated[str, Path(max_length=64)]
Like = Annotated[str, Query(max_length=64)]


class Application(Struct, frozen=True):
    """The return that was asked for: by whom, when, whom they suggest; ``until`` was its window's end."""

    unit: str
    person: str | None
    at: datetime
    suggested: str | None
    until: datetime | None


@router.get(RETURNS)
async def returns(
    request: Request, caller: AtTheHotline, said: str = "", of: Annotated[str, Query(max_length=64)] = ""
) -> Response:
    """退单裁定: the returns that wait, the first of them laid out; ``said`` and ``of`` tell what was just ruled."""
    waiting = await desk_of(request).queries.queue(caller, "returns", QUEUE_LIMIT)
    ruled = await desk_of(request).queries.ticket(caller, of) if said in (ACTION, "sent") and of else None
    row = waiting.tickets[0] if waiting.tickets else None
    return await _laid(request, caller, waiting.tickets, row, ruled=ruled)


@router.get("/returns/{ticket}")
async def ruling(request: Request, caller: AtTheHotline, ticket: Ticket, like: Like = "") -> Response:
    """One return, its precedents and what each ruling would do; ``like`` fills the form in as that one was ruled."""
    return await show(request, caller, ticket, like=like)


async def show(
    request: Request, caller: Account, ticket: str, *, like: str = "", kept: Kept | None = None
) -> Response:
    """The return of a ticket; ``kept`` is its form that was not taken.

    Raises Problem 404 where the caller may not know of it.
    """
    desk = desk_of(request)
    row = await desk.queries.ticket(caller, ticket)
    if row is None:
        raise Problem.refused(refuse("unknown_ticket"))
    waiting = await desk.queries.queue(caller, "returns", QUEUE_LIMIT)
    return await _laid(request, caller, waiting.tickets, row, like=like, kept=kept)


async def _laid(
    request: Request,
    caller: Account,
    waiting: list[TicketRow],
    row: TicketRow | None,
    *,
    ruled: TicketRow | None = None,
    like: str = "",
    kept: Kept | None = None,
) -> Response:
    laid = await _laid_out(desk_of(request), caller, row, like, kept) if row else {}
    return await page(
        request,
        caller,
        "returns/ruling",
        reads_at=f"/returns/{row.id}" if row else RETURNS,
        status=kept.problem.status if kept else 200,
        kept=kept,
        waiting=waiting,
        row=row,
        ruled=ruled,
        key=token_urlsafe(12),
        **laid,
    )


async def _laid_out(
    desk: Desk, caller: Account, row: TicketRow, like: str, kept: Kept | None
) -> dict[str, Any]:
    """All that the page shows of the return of a ticket."""
    now, policies = datetime.now(UTC), await desk.policies.known()
    lines, clocks = await lines_of(desk, caller, row.id), await clocks_of(desk, caller, row.id)
    stands, precedents = standing(row, lines), await desk.rulings.precedents(caller, row)
    draft = (await desk.drafts.of(caller, row.id)).get(ACTION)
    told = [Hand(line.at, line.kind, line.detail) for line in lines]
    parts = in_full_minutes(time_ledger(told, span_of(row, now)))
    return {
        "application": application(row, lines, policies),
        "line": catalogue_line(policies, row.jurisdiction, row.topic, row.place, now),
        "precedents": precedents,
        "nearest": nearest(precedents),
        "typed": kept.typed if kept else proposal(precedents, like) or None,
        "missed": kept.missed(lines) if kept else [],
        "effects": [
            (effect, [foreseen(one) for one in effect.clocks]) for effect in effects(row, policies, now)
        ],
        "running": [
            clock for clock in clocks if clock.round == row.round and clock.status in ("running", "warned")
        ],
        "parts": parts,
        "clock_ran": ran(parts),
        "offer": next((one for one in offers(stands, caller, policies, now) if one.action == ACTION), None),
        "sights": [one for one in sights(stands, caller, now) if one.purpose == "ruling"],
        "fields": FIELDS,
        "draft": draft,
        "choices": choices(policies, row.jurisdiction, row.lead, now),
    }


def application(row: TicketRow, lines: list[Line], policies: Policies) -> Application | None:
    """The return that was last asked for; None of a ticket that nobody returned."""
    asked = next((line for line in reversed(lines) if line.kind == "ReturnRequested"), None)
    if asked is None:
        return None
    until = return_limit(row, asked.at, policies)
    return Application(asked.detail["unit"], asked.person, asked.at, asked.detail.get("suggested"), until)
