"""A queue worked off one by one: the next ticket that nobody holds, one form to settle it, or skip with a reason.

To look at the page is to take the ticket: it is held for the person until they settle, skip or return it, or are not
heard of for a while. What they hold already comes again, so that going back and reloading take nothing.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import RedirectResponse

from services.console.api.queueing import Held, Skipped
from services.console.asking.forms import Look
from services.console.asking.standing import standing
from services.console.desk import Desk, desk_of
from services.console.pages.desks import review, survey, triage
from services.console.pages.desks.sheet import Hand, Laid, Sitting
from services.console.pages.desks.today import today
from services.console.pages.fields import FIELDS
from services.console.pages.home import counts_for
from services.console.pages.inside import AtTheDesk
from services.console.pages.kept import NEXT, Kept, overtaken
from services.console.pages.rendering import page
from services.console.pages.ticket import clocks_of, lines_of
from services.console.pages.typed import typed_form
from services.console.people.accounts import Account
from services.console.proof.looks import Opened, look
from services.console.rows import TicketRow
from services.console.workplace.shift import DESKS, DeskQueue
from shared.problems import Problem
from shared.ticket.refusals import refuse
from shared.ticket.words import Clock, Purpose, Written

router = APIRouter(include_in_schema=False)

Ticket = Annotated[str, Path(max_length=64)]
SKIP, LOOK = "skip", "look"
STAYS = ("amend", "sent", SKIP)
"""After these the ticket that was acted on is still the person's to settle, or was let go already."""


class Kind(NamedTuple):
    """What is special of a desk: which clocks matter, what is opened, why, how laid out, what lies beside."""

    clocks: tuple[Clock, ...]
    purpose: Purpose
    fields: Callable[[TicketRow], list[Written]]
    lay: Callable[[Opened], Laid]
    sheet: Callable[[Hand, Sitting], Awaitable[dict[str, Any]]]


KINDS: dict[DeskQueue, Kind] = {
    "triage": Kind(("citizen",), "dispatch", triage.fields, triage.lay, triage.sheet),
    "review": Kind(("citizen", "answer", "redo"), "review", review.fields, review.lay, review.sheet),
    "survey": Kind(("citizen", "survey"), "survey", survey.fields, survey.lay, survey.sheet),
}


@router.get("/desk/{queue}")
async def desk(
    request: Request, caller: AtTheDesk, queue: DeskQueue, said: str = "", of: str = ""
) -> Response:
    """The ticket in hand, or the next one; ``said`` names the action on ticket ``of`` that led here."""
    if of and said not in STAYS:
        await desk_of(request).holds.release(caller, queue, of)
    return await show(request, caller, queue, said=said, of=of)


@router.post("/desk/{queue}/look")
async def opened(request: Request, caller: AtTheDesk, queue: DeskQueue) -> Response:
    """What the desk needs opened, once the look is on record: in its place on the page, or the whole page."""
    parts, ticket = desk_of(request), typed_form(Held, request.state.fields).ticket
    row = await parts.queries.ticket(caller, ticket)
    if row is None:
        raise Problem.refused(refuse("unknown_ticket"))
    kind = KINDS[queue]
    try:
        seen = await look(parts, caller, ticket, Look(kind.fields(row), kind.purpose))
    except Problem as refused:
        return await _looked(request, caller, queue, row, None, refused)
    return await _looked(request, caller, queue, row, seen, None)


async def _looked(
    request: Request,
    caller: Account,
    queue: DeskQueue,
    row: TicketRow,
    seen: Opened | None,
    refused: Problem | None,
) -> Response:
    if "hx-request" in request.headers:
        status = refused.status if refused else 200
        laid = KINDS[queue].lay(seen) if seen else None
        onward = f"/desk/{queue}" if refused and overtaken(refused) else ""
        return await page(
            request, caller, "desks/opened", status=status, laid=laid, refused=refused, onward=onward
        )
    kept = Kept(LOOK, refused, {}) if refused else None
    return await show(request, caller, queue, of=row.id, kept=kept, opened=seen)


@router.post("/desk/{queue}/skip")
async def skip(request: Request, caller: AtTheDesk, queue: DeskQueue) -> Response:
    """Pass over the ticket in hand, which needs a reason; on to the next one."""
    typed: dict[str, str] = request.state.fields
    try:
        skipped = typed_form(Skipped, typed)
        await desk_of(request).holds.skip(caller, queue, skipped.ticket, skipped.reason)
    except Problem as refused:
        return await show(
            request, caller, queue, of=typed.get("ticket", ""), kept=Kept(SKIP, refused, _words(typed))
        )
    return RedirectResponse(f"/desk/{queue}?said={SKIP}", 303)


def _words(typed: dict[str, str]) -> dict[str, str]:
    """What the person typed of a skip."""
    return {"reason": typed.get("reason", "")}


@router.post("/desk/{queue}/release")
async def release(request: Request, caller: AtTheDesk, queue: DeskQueue) -> Response:
    """Give the ticket back without a word, and see the whole queue."""
    held = typed_form(Held, request.state.fields)
    await desk_of(request).holds.release(caller, queue, held.ticket)
    return RedirectResponse(f"/queues/{queue}", 303)


@router.post("/desk/{queue}/renew")
async def renew(request: Request, caller: AtTheDesk, queue: DeskQueue) -> Response:
    """Hold it for as long again; Problem 409 if somebody else may have it by now."""
    held = typed_form(Held, request.state.fields)
    await desk_of(request).holds.renew(caller, queue, held.ticket)
    return Response(status_code=204)


@router.get("/desk/{queue}/left/{ticket}")
async def left(request: Request, caller: AtTheDesk, queue: DeskQueue, ticket: Ticket) -> Response:
    """A part of the page: that the ticket in hand was settled without its form, and the way on; 204 while it waits."""
    parts = desk_of(request)
    row = await parts.queries.ticket(caller, ticket)
    if row is None:
        raise Problem.refused(refuse("unknown_ticket"))
    if await parts.queries.waits(caller, queue, ticket):
        return Response(status_code=204)
    return await page(request, caller, "desks/left", queue=queue, row=row)


def desk_in(typed: dict[str, str]) -> DeskQueue | None:
    """The desk that a form was sent from; None for any other page."""
    found = re.fullmatch(r"/desk/([a-z]+)", typed.get(NEXT, ""))
    return next((queue for queue in DESKS if found and queue == found.group(1)), None)


async def show(
    request: Request,
    caller: Account,
    queue: DeskQueue,
    *,
    said: str = "",
    of: str = "",
    kept: Kept | None = None,
    opened: Opened | None = None,
) -> Response:
    """The desk; ``kept`` is a form of ticket ``of`` that was not taken, ``opened`` what was just opened of it."""
    parts, now = desk_of(request), datetime.now(UTC)
    done = await today(parts, caller, queue, now)
    taken = await parts.holds.next(caller, queue)
    total = (await parts.queries.queue(caller, queue, 1)).total
    before = await parts.queries.ticket(caller, of) if of else None
    told: dict[str, Any] = {
        "queue": queue,
        "today": done,
        "total": total,
        "said": said if said in (*FIELDS, "sent", SKIP) else "",
        "before": before,
        "kept": kept,
    }
    if taken.ticket is None or taken.until is None:
        return await _nothing(request, caller, told)
    if kept and taken.ticket.id != of:
        return await _gone(request, caller, told)
    policies = await parts.policies.known()
    hand = await _hand(parts, caller, taken.ticket, taken.until, KINDS[queue].clocks)
    beside = await KINDS[queue].sheet(hand, Sitting(parts, caller, policies, now))
    return await page(
        request,
        caller,
        f"desks/{queue}",
        reads_at=f"/desk/{queue}",
        status=kept.problem.status if kept else 200,
        hand=hand,
        row=hand.row,
        key=token_urlsafe(12),
        missed=kept.missed(hand.lines) if kept else [],
        drafts=await parts.drafts.of(caller, hand.row.id),
        laid=KINDS[queue].lay(opened) if opened and opened.ticket == hand.row.id else None,
        **told,
        **beside,
    )


async def _hand(
    parts: Desk, caller: Account, row: TicketRow, until: datetime, wanted: tuple[Clock, ...]
) -> Hand:
    lines = await lines_of(parts, caller, row.id)
    every = await clocks_of(parts, caller, row.id)
    clocks = [one for one in every if one.clock in wanted and one.status != "void"]
    return Hand(row, until, lines, clocks, standing(row, lines))


async def _gone(request: Request, caller: Account, told: dict[str, Any]) -> Response:
    """Somebody else has what the form was about: what was written stays in sight, and nothing can be meant for it.

    The next one is laid out only when it is asked for: a key that was meant for the one before settles nothing.
    """
    kept: Kept = told["kept"]
    row: TicketRow | None = told["before"]
    lines = await lines_of(desk_of(request), caller, row.id) if row else []
    return await page(
        request,
        caller,
        "desks/gone",
        reads_at=f"/desk/{told['queue']}",
        status=kept.problem.status,
        missed=kept.missed(lines),
        **told,
    )


async def _nothing(request: Request, caller: Account, told: dict[str, Any]) -> Response:
    """Nobody is needed here: when the last one was, and where there is work."""
    kept: Kept | None = told["kept"]
    counts = await counts_for(caller, desk_of(request).queries)
    elsewhere = [count for count in counts if count.total and count.name != told["queue"]]
    status = kept.problem.status if kept else 200
    at = f"/desk/{told['queue']}"
    return await page(
        request, caller, "desks/nothing", reads_at=at, status=status, elsewhere=elsewhere, **told
    )
