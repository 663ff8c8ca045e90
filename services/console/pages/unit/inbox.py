"""今日待办: what a unit has to do, by what is due first; many tickets signed for at once."""

from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from msgspec import Struct

from services.console.advice.terms import calendar_of, left_by
from services.console.asking.duties import barred
from services.console.asking.forms import Sign
from services.console.desk import desk_of
from services.console.lists.inbox import Group, Task
from services.console.pages.asking import Outcome, ask_each
from services.console.pages.inside import AtAUnit
from services.console.pages.kept import KEY
from services.console.pages.rendering import page
from services.console.pages.shown import Due, due_at, return_window, with_left
from services.console.queries import QUEUE_LIMIT
from shared.deadline import Term
from shared.policy.documents import Policies

router = APIRouter(include_in_schema=False)


class Row(Struct, frozen=True):
    """A ticket of the inbox as it is shown: the unit's next deadline, and until when it may be returned."""

    task: Task
    unit: str
    next: Due | None
    window: Due | None


@router.get("/inbox")
async def inbox(
    request: Request,
    caller: AtAUnit,
    group: Group = "all",
    sent_back: Annotated[str, Query(pattern=r"^[0-9A-Za-z-]{0,64}$")] = "",
) -> Response:
    """A group of the inbox; ``sent_back`` is the number of the ticket whose answer just went back to its handler."""
    return await _shown(request, caller, group, [], sent_back)


@router.post("/inbox/sign")
async def sign(request: Request, caller: AtAUnit) -> Response:
    """Sign for each ticket that was ticked; one outcome a ticket, and what still waits to be signed for."""
    typed: dict[str, str] = request.state.fields
    tickets = [ticket for ticket in typed.get("ticket", "").split("\n") if ticket]
    outcomes = await ask_each(desk_of(request), caller, tickets, Sign(), typed.get(KEY, ""))
    return await _shown(request, caller, "sign", outcomes)


async def _shown(
    request: Request, caller: AtAUnit, group: Group, outcomes: list[Outcome], sent_back: str = ""
) -> Response:
    desk = desk_of(request)
    tasks = await desk.inbox.tasks(caller, group, QUEUE_LIMIT)
    policies, now = await desk.policies.known(), datetime.now(UTC)
    return await page(
        request,
        caller,
        "unit/inbox",
        reads_at=f"/inbox?group={group}",
        group=group,
        counts=await desk.inbox.counts(caller),
        rows=[row_of(task, caller.unit or "", now, policies) for task in tasks],
        outcomes=outcomes,
        sent_back=sent_back,
        signs=barred(caller, Sign, approved=True) is None,
        key=token_urlsafe(12),
    )


def row_of(task: Task, unit: str, now: datetime, policies: Policies) -> Row:
    """The ticket with its deadlines as they stand at ``now``."""
    ticket = task.ticket
    due = due_at(task.due, None, now, task.warn_at)
    if due and task.term:
        calendar = calendar_of(ticket.jurisdiction, now, policies)
        due = with_left(due, left_by(Term.parse(task.term), due.due, now, calendar))
    return Row(task, unit, due, None if task.ruled else return_window(ticket, now, policies))
