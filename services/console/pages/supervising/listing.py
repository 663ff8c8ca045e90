"""A list behind a number: a page of tickets, and all that can be done with the whole of it."""

from typing import Any

from fastapi import Request, Response

from services.console.accounts import Account
from services.console.listings import Listing
from services.console.pages.rendering import page
from services.console.pages.tickets import total_of
from services.console.queries import Page

PAGE = 100
"""Rows of a page."""


async def shown(
    request: Request,
    caller: Account,
    wanted: Listing,
    found: Page,
    screen: str,
    *,
    total: int | None = None,
    **given: Any,
) -> Response:
    """The screen with a page of the list; it is counted where ``total`` is not known."""
    if total is None:
        total = await total_of(request, caller, wanted, found, request.query_params.get("cursor"))
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
