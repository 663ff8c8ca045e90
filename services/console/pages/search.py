"""查找: numbers, words of titles, units and places by a few characters, on one page."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from services.console.desk import desk_of
from services.console.lists.listing import LONGEST_SOUGHT, Listing, listing
from services.console.lists.sought import Found
from services.console.pages.inside import Anyone
from services.console.pages.rendering import page
from services.console.pages.tickets import Cursor
from services.console.queries import PAGE
from shared.problems import Problem
from shared.search import plain

router = APIRouter(include_in_schema=False)

NOTHING = Found([], [], None, 0)


@router.get("/search")
async def search(request: Request, caller: Anyone, cursor: Cursor = None) -> Response:
    """The units and places so called with the way to their tickets, and the tickets, newest first.

    Whoever has the whole number of a ticket is led to it.
    """
    typed = request.query_params.get("q", "")
    try:
        asked, refused = listing("/search", request.query_params), None
    except Problem as too_long:
        asked, refused = Listing("/search", sought=typed[:LONGEST_SOUGHT]), too_long
    desk = desk_of(request)
    looks = asked.sought and not refused
    found = await desk.listings.search(caller, asked.sought, cursor, PAGE) if looks else NOTHING
    if len(found.tickets) == 1 and plain(found.tickets[0].number) == plain(asked.sought):
        return RedirectResponse(f"/tickets/{found.tickets[0].id}", 303)
    return await page(
        request,
        caller,
        "search",
        status=refused.status if refused else 200,
        refused=refused,
        listing=asked,
        found=found,
        total=found.total,
        next=asked.at(cursor=found.next) if found.next else None,
        first=asked.at() if cursor else None,
    )
