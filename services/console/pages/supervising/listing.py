"""A list behind a number: a page of tickets, and all that can be done with the whole of it."""

from typing import Any

from fastapi import Request, Response

from services.console.desk import desk_of
from services.console.lists.listing import Listing
from services.console.lists.newest import MOST_AT_ONCE
from services.console.pages.rendering import page
from services.console.people.accounts import Account
from services.console.rows import Listed, Page


async def shown(
    request: Request,
    caller: Account,
    wanted: Listing,
    found: Page | Listed,
    screen: str,
    *,
    total: int | None = None,
    **given: Any,
) -> Response:
    """The screen with a page of the list; it is counted where ``total`` is not known."""
    if total is None:
        total = await _total(request, caller, wanted, found)
    return await page(
        request,
        caller,
        screen,
        listing=wanted,
        total=total,
        rows=found.tickets,
        next=wanted.at(cursor=found.next) if found.next else None,
        first=wanted.at() if "cursor" in request.query_params else None,
        **given,
    )


async def _total(request: Request, caller: Account, wanted: Listing, found: Page | Listed) -> int:
    """How many tickets the list has, at most one more than can be selected; asked only where nothing tells it."""
    if isinstance(found, Listed):
        return found.total
    if found.next is None and "cursor" not in request.query_params:
        return len(found.tickets)
    return await desk_of(request).listings.count(caller, wanted, MOST_AT_ONCE)
