"""A list behind a number: a page of tickets, and all that can be done with the whole of it."""

from typing import Any

from fastapi import Request, Response

from services.console.lists.listing import Listing
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
    total: int,
    **given: Any,
) -> Response:
    """The screen with a page of the list; ``total`` is the number that led here, however large."""
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
