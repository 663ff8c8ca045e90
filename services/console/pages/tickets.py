"""Lists of tickets: all by filters in the address, a queue of the hotline, a unit's inbox."""

from typing import Annotated, Literal, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from services.console.accounts import Account
from services.console.desk import desk_of
from services.console.pages.home import Count, counts_for
from services.console.pages.inside import Anyone, AtAUnit, AtTheHotline
from services.console.pages.rendering import page
from services.console.queries import QUEUE_LIMIT, Filters, Queue, Waiting
from shared.ticket.state import Stage
from shared.ticket.words import Demand

router = APIRouter(include_in_schema=False)

PAGE = 100
Chosen = Annotated[str, Query(max_length=64)]
Cursor = Annotated[str | None, Query(max_length=4_000)]
STAGES, DEMANDS = get_args(Stage), get_args(Demand)


@router.get("/tickets")
async def tickets(
    request: Request,
    caller: Anyone,
    q: Annotated[str, Query(pattern=r"^[0-9A-Za-z:._-]{0,200}$")] = "",
    stage: Chosen = "",
    demand: Chosen = "",
    overdue: Literal["", "true", "false"] = "",
    cursor: Cursor = None,
) -> Response:
    """Newest first; an empty filter leaves its condition out."""
    late = overdue == "true" if overdue else None
    wanted = Filters(stage=stage or None, demand=demand or None, overdue=late, q=q or None)
    found = await desk_of(request).queries.tickets(caller, wanted, cursor, PAGE)
    chosen = {"q": q, "stage": stage, "demand": demand, "overdue": overdue}
    return await page(
        request,
        caller,
        "tickets",
        rows=found.tickets,
        filters=wanted,
        stages=STAGES,
        demands=DEMANDS,
        next=_address(chosen, found.next) if found.next else None,
        first=_address(chosen, None) if cursor else None,
    )


def _address(chosen: dict[str, str], cursor: str | None) -> str:
    named = {name: text for name, text in chosen.items() if text} | ({"cursor": cursor} if cursor else {})
    return f"/tickets?{urlencode(named)}" if named else "/tickets"


@router.get("/queues/{queue}")
async def queue(request: Request, caller: AtTheHotline, queue: Queue) -> Response:
    """A queue of the hotline in the order in which it is to be worked off."""
    waiting = await desk_of(request).queries.queue(caller, queue, QUEUE_LIMIT)
    others = await counts_for(caller, desk_of(request).queries) if not waiting.tickets else []
    return await _waiting(request, caller, queue, waiting, others)


@router.get("/inbox")
async def inbox(request: Request, caller: AtAUnit) -> Response:
    """What the caller's unit has to do, by what is due first."""
    waiting = await desk_of(request).queries.inbox(caller, caller.unit or "", QUEUE_LIMIT)
    return await _waiting(request, caller, "inbox", waiting, [])


async def _waiting(
    request: Request, caller: Account, name: str, waiting: Waiting, others: list[Count]
) -> Response:
    """The queue; where it is empty, the others that have work."""
    elsewhere = [count for count in others if count.total]
    return await page(
        request,
        caller,
        "queue",
        name=name,
        waiting=waiting,
        elsewhere=elsewhere,
    )
