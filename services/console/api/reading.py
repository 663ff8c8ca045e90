"""What people read: every GET is one question of ``queries``, of a view as fresh as the reader's token."""

from datetime import date
from typing import Annotated, Literal, NamedTuple

from fastapi import APIRouter, Depends, Query, Request, Response
from msgspec import json

from services.console.api.callers import Anyone, AtTheHotline
from services.console.api.requests import token_seen
from services.console.days import from_midnight, to_midnight
from services.console.desk import Desk, desk_of
from services.console.freshness import Token
from services.console.lists.filters import NUMBER, Filters
from services.console.numbers.figures import Behind, Counting, Grouping
from services.console.people.accounts import Account
from services.console.queries import QUEUE_LIMIT, Queue
from shared.figures import BY_NAME, COUNTS, FIGURES
from shared.problems import Problem
from shared.ticket.refusals import refuse

router = APIRouter(tags=["queries"])

Limit = Annotated[int, Query(ge=1, le=200)]
Before = Annotated[int | None, Query(ge=0, lt=2**63)]
"""The id of the last line that was read of a list, as Postgres can hold one."""
QueueLimit = Annotated[int, Query(ge=1, le=QUEUE_LIMIT)]
Cursor = Annotated[str | None, Query(max_length=4_000)]
Word = Annotated[str | None, Query(max_length=64)]
Number = Annotated[str | None, Query(pattern=NUMBER)]
Day = Annotated[date | None, Query()]


class View(NamedTuple):
    """Who answers from the views, and the header that says how far they are where they are late."""

    desk: Desk
    headers: dict[str, str]


async def _view(request: Request) -> View:
    """Wait for what the reader has seen."""
    desk, token = desk_of(request), token_seen(request)
    if token is None or await desk.freshness.reached(token):
        return View(desk, {})
    reached = Token(token.partition, desk.freshness.source(token.partition))
    return View(desk, {"X-View-Behind": str(reached)})


async def _filters(
    stage: Word = None,
    channel: Word = None,
    unit: Word = None,
    topic: Word = None,
    place: Word = None,
    demand: Word = None,
    overdue: bool | None = None,
    q: Number = None,
    start: Annotated[date | None, Query(alias="from")] = None,
    to: Day = None,
) -> Filters:
    return Filters(stage, channel, unit, topic, place, demand, overdue, q, start, to)


async def _counting(
    by: Grouping,
    start: Annotated[date | None, Query(alias="from")] = None,
    to: Day = None,
    channel: Word = None,
) -> Counting:
    """Days of Shanghai, both included."""
    return Counting(by, from_midnight(start), to_midnight(to), channel)


Fresh = Annotated[View, Depends(_view)]
Wanted = Annotated[Filters, Depends(_filters)]
Counted = Annotated[Counting, Depends(_counting)]


@router.get("/api/me")
async def me(caller: Anyone) -> Response:
    """The account that calls."""
    return said(caller)


@router.get("/api/tickets")
async def tickets(
    caller: Anyone, view: Fresh, wanted: Wanted, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """Tickets, newest first, page by page. ``q`` is the beginning of a number, or the channel's own id."""
    return said(await view.desk.listings.tickets(caller, wanted, cursor, limit), view.headers)


@router.get("/api/tickets/{ticket}")
async def ticket(caller: Anyone, view: Fresh, ticket: str) -> Response:
    """One ticket as it stands; ``ETag`` is its version, for ``If-Match``."""
    row = await view.desk.queries.ticket(caller, ticket)
    if row is None:
        raise Problem.refused(refuse("unknown_ticket"))
    return said(row, {**view.headers, "ETag": f'"{row.version}"'})


@router.get("/api/tickets/{ticket}/timeline")
async def timeline(caller: Anyone, view: Fresh, ticket: str) -> Response:
    """What was asked of the ticket and what came of it; texts are named as sealed, never shown."""
    lines = await view.desk.queries.timeline(caller, ticket)
    if not lines:
        raise Problem.refused(refuse("unknown_ticket"))
    return said({"ticket": ticket, "lines": lines}, view.headers)


@router.get("/api/tickets/{ticket}/deadlines")
async def deadlines(caller: Anyone, view: Fresh, ticket: str) -> Response:
    """Every clock of every round, with each day counted or skipped and why."""
    clocks = await view.desk.queries.deadlines(caller, ticket)
    if not clocks and not await view.desk.queries.may_see(caller, ticket):
        raise Problem.refused(refuse("unknown_ticket"))
    return said({"ticket": ticket, "deadlines": clocks}, view.headers)


@router.get("/api/queues/{queue}")
async def queue(caller: AtTheHotline, view: Fresh, queue: Queue, limit: QueueLimit = 100) -> Response:
    """A queue of the hotline in the order in which it is to be worked off."""
    return said(await view.desk.queries.queue(caller, queue, limit), view.headers)


@router.get("/api/units/{unit}/inbox")
async def inbox(caller: Anyone, view: Fresh, unit: str, limit: QueueLimit = 100) -> Response:
    """What the unit has to do, by what is due first."""
    _may_read_unit(caller, unit)
    return said(await view.desk.queries.inbox(caller, unit, limit), view.headers)


@router.get("/api/units/{unit}/tickets")
async def feed(
    caller: Anyone, view: Fresh, unit: str, since: Cursor = None, limit: QueueLimit = 100
) -> Response:
    """What the unit got, lost or must act on since the cursor ``next`` of the last answer; nothing twice."""
    _may_read_unit(caller, unit)
    return said(await view.desk.queries.feed(caller, unit, since, limit), view.headers)


def _may_read_unit(caller: Account, unit: str) -> None:
    """Which units there are is no secret; what they have to do is."""
    if caller.unit not in (None, unit):
        zh, en = f"您只能查看本单位 {caller.unit} 的工单。", f"You may read your own unit {caller.unit} only."
        raise Problem(403, "not_your_unit", zh, en)


@router.get("/api/figures/{by}")
async def figures(caller: Anyone, view: Fresh, counting: Counted) -> Response:
    """Every figure of each channel or lead unit, of the tickets registered from one day to another."""
    definitions = [{"name": f.name, "zh": f.zh, "en": f.en, "rate": f.of is not None} for f in FIGURES]
    rows = await view.desk.figures.numbers(caller, counting)
    return said({"by": counting.by, "definitions": definitions, "rows": rows}, view.headers)


@router.get("/api/figures/{by}/{key}/{figure}/tickets")
async def behind(
    caller: Anyone,
    view: Fresh,
    counting: Counted,
    key: str,
    figure: str,
    part: Literal["count", "of", "excluded"] = "count",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """The very tickets that a figure counts; of a rate, ``part=of``: what it is of, ``excluded``: the rest."""
    name = figure if part == "count" else f"{figure}.{part}"
    if figure not in BY_NAME or name not in COUNTS:
        raise Problem(404, "unknown_figure", f"没有指标 {name}。", f"There is no figure {name}.")
    return said(
        await view.desk.figures.behind(caller, counting, Behind(name, [key]), cursor, limit), view.headers
    )


@router.get("/api/policies")
async def policies(caller: Anyone, view: Fresh) -> Response:
    """Every policy version of the jurisdiction that the tickets were told of, and when."""
    return said({"policies": await view.desk.queries.policies(caller)}, view.headers)


def said(value: object, headers: dict[str, str] | None = None) -> Response:
    """As JSON that nobody keeps."""
    return Response(
        json.encode(value), 200, {**(headers or {}), "Cache-Control": "no-store"}, "application/json"
    )
