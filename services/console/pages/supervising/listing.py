"""A list behind a number: a page of tickets, and how to go on or back to its beginning."""

from urllib.parse import urlencode

from fastapi import Request, Response

from services.console.accounts import Account
from services.console.pages.rendering import page
from services.console.queries import Page

PAGE = 100
"""Rows of a page."""


async def listing(
    request: Request,
    caller: Account,
    found: Page,
    screen: str,
    *,
    address: str,
    status: int = 200,
    **given: object,
) -> Response:
    """The screen with the page's rows; ``address`` is the list's own, without a cursor."""
    joined = f"{address}{'&' if '?' in address else '?'}"
    return await page(
        request,
        caller,
        screen,
        status=status,
        names=None,
        rows=found.tickets,
        next=joined + urlencode({"cursor": found.next}) if found.next else None,
        first=address if "cursor" in request.query_params else None,
        **given,
    )
