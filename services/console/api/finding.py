"""What people look for: a search over numbers, titles, units and places, names for codes, and who held a ticket."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from msgspec import json
from msgspec.structs import asdict

from services.console.api.callers import Anyone, Overseer
from services.console.api.reading import Before, Cursor, Fresh, Limit, said
from services.console.desk import desk_of
from services.console.numbers.time_ledger import Line, Span, time_ledger
from services.console.rows import TicketRow
from shared.problems import Problem
from shared.ticket.refusals import refuse

router = APIRouter(tags=["queries"])

Sought = Annotated[str, Query(min_length=1, max_length=64)]


@router.get("/api/search")
async def search(
    caller: Anyone, view: Fresh, q: Sought, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """Units, places and tickets by a few characters: a number's beginning, words of a title, a name, its initials."""
    return said(await view.desk.listings.search(caller, q, cursor, limit), view.headers)


@router.get("/api/names")
async def names(caller: Anyone, view: Fresh) -> Response:
    """What every unit, place and topic of the jurisdiction is called."""
    return said({"names": await view.desk.queries.names(caller.jurisdiction)}, view.headers)


@router.get("/api/tickets/{ticket}/time")
async def time(caller: Anyone, view: Fresh, ticket: str) -> Response:
    """时间账: who held the ticket how long, to whom it is charged and why."""
    row = await view.desk.queries.ticket(caller, ticket)
    if row is None:
        raise Problem.refused(refuse("unknown_ticket"))
    lines = await view.desk.queries.timeline(caller, ticket)
    return said({"ticket": ticket, "parts": _held(row, lines)}, view.headers)


@router.get("/api/exports")
async def exports(request: Request, caller: Overseer, before: Before = None, limit: Limit = 50) -> Response:
    """Which lists and forms were exported or printed, by whom and when, the latest first."""
    return said({"exports": await desk_of(request).exports.latest(caller, before, limit)})


def _held(row: TicketRow, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    read = [Line(line["at"], line["kind"], json.decode(line["detail"])) for line in lines]
    span = Span(row.clock_from, row.citizen_stopped_at, row.closed_at or datetime.now(UTC))
    parts = time_ledger(read, span)
    return [{**asdict(part), "seconds": part.length.total_seconds()} for part in parts]
