"""Lists of tickets: all by filters in the address, a queue of the hotline."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.console.desk import desk_of
from services.console.lists.filters import Filters
from services.console.lists.listing import Listing, listing
from services.console.pages.home import Count, counts_for
from services.console.pages.inside import Anyone, AtTheHotline
from services.console.pages.rendering import page
from services.console.people.accounts import Account
from services.console.queries import PAGE, Queue
from services.console.rows import Waiting
from services.console.workplace.shift import DESKS

router = APIRouter(include_in_schema=False)

FURTHEST = 2_000
"""A queue is worked off from its beginning: pages end where a selection does."""
Cursor = Annotated[str | None, Query(max_length=4_000)]


Start = Annotated[int, Query(ge=0, le=FURTHEST)]


@router.get("/tickets")
async def tickets(request: Request, caller: Anyone, cursor: Cursor = None) -> Response:
    """Newest first, by the filters in the address."""
    wanted = listing("/tickets", request.query_params)
    assert isinstance(wanted.filters, Filters)  # noqa: S101
    found = await desk_of(request).listings.tickets(caller, wanted.filters, cursor, PAGE)
    return await page(
        request,
        caller,
        "tickets",
        rows=found.tickets,
        listing=wanted,
        total=found.total,
        next=wanted.at(cursor=found.next) if found.next else None,
        first=wanted.at() if cursor else None,
    )


@router.get("/queues/{queue}")
async def queue(request: Request, caller: AtTheHotline, queue: Queue, start: Start = 0) -> Response:
    """A queue of the hotline in the order in which it is to be worked off; ``start`` rows are passed over."""
    waiting = await desk_of(request).queries.queue(caller, queue, start + PAGE)
    others = await counts_for(caller, desk_of(request).queries) if not waiting.tickets else []
    return await _waiting(request, caller, Listing(f"/queues/{queue}"), waiting, others, start)


async def _waiting(
    request: Request, caller: Account, listing: Listing, waiting: Waiting, others: list[Count], start: int
) -> Response:
    """The queue; where it is empty, the others that have work."""
    elsewhere = [count for count in others if count.total]
    return await page(
        request,
        caller,
        "queue",
        listing=listing,
        rows=waiting.tickets[start:],
        total=waiting.total,
        start=start,
        first=listing.at() if start else None,
        next=listing.at(start=str(start + PAGE)) if start + PAGE < _reachable(waiting) else None,
        elsewhere=elsewhere,
        desks=DESKS,
    )


def _reachable(waiting: Waiting) -> int:
    return min(waiting.total, FURTHEST + PAGE)
