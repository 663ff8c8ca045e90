"""The first page: what waits, each number with the list that it counts."""

from typing import get_args

from fastapi import APIRouter, Request, Response
from msgspec import Struct

from services.console.desk import desk_of
from services.console.pages.inside import Anyone
from services.console.pages.rendering import page
from services.console.people.accounts import Account
from services.console.queries import Queries, Queue

router = APIRouter(include_in_schema=False)


class Count(Struct, frozen=True):
    """A number and where its list is."""

    name: str
    total: int
    address: str


@router.get("/")
async def home(request: Request, caller: Anyone) -> Response:
    """What waits for the caller's role."""
    counts = await counts_for(caller, desk_of(request).queries)
    return await page(request, caller, "home", counts=counts)


async def counts_for(caller: Account, queries: Queries) -> list[Count]:
    """A unit's inbox; of everyone else every queue of the hotline. Counted by the query that lists."""
    if caller.unit is not None:
        waiting = await queries.inbox(caller, caller.unit, 1)
        return [Count("inbox", waiting.total, "/inbox")]
    return [
        Count(queue, (await queries.queue(caller, queue, 1)).total, f"/queues/{queue}")
        for queue in get_args(Queue)
    ]
