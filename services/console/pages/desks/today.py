"""What a person did at a desk today: the two numbers above it, and the list behind each."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from msgspec import Struct

from services.console.desk import Desk, desk_of
from services.console.pages.inside import AtTheDesk
from services.console.pages.rendering import page
from services.console.pages.shown import SHANGHAI
from services.console.people.accounts import Account
from services.console.queries import QUEUE_LIMIT
from services.console.workplace.shift import DeskQueue

router = APIRouter(include_in_schema=False)


class Today(Struct, frozen=True):
    """How many tickets were settled and how often one was skipped, and when the last one was settled."""

    settled: int
    skipped: int
    last: datetime | None


async def today(desk: Desk, caller: Account, queue: DeskQueue, now: datetime) -> Today:
    """The caller's numbers, counted by the queries that list."""
    settled = await desk.shift.settled(caller, queue, midnight(now), 1)
    skipped = await desk.shift.passed_over(caller, queue, midnight(now), 1)
    return Today(settled.total, skipped.total, settled.last)


def midnight(now: datetime) -> datetime:
    """Where today began in Beijing."""
    return now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)


@router.get("/desk/{queue}/done")
async def done(request: Request, caller: AtTheDesk, queue: DeskQueue) -> Response:
    """What the caller settled today, the last thing first."""
    since = midnight(datetime.now(UTC))
    settled = await desk_of(request).shift.settled(caller, queue, since, QUEUE_LIMIT)
    return await page(request, caller, "desks/done", queue=queue, settled=settled)


@router.get("/desk/{queue}/skipped")
async def skipped(request: Request, caller: AtTheDesk, queue: DeskQueue) -> Response:
    """What the caller passed over today, and why."""
    since = midnight(datetime.now(UTC))
    passed = await desk_of(request).shift.passed_over(caller, queue, since, QUEUE_LIMIT)
    return await page(request, caller, "desks/skipped", queue=queue, passed=passed)
