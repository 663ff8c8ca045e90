"""流转中: what goes from hand to hand, and where to settle it."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from services.console.desk import desk_of
from services.console.lists.listing import Listing
from services.console.pages.inside import AtTheHotline
from services.console.pages.rendering import page
from services.console.pages.tickets import FURTHEST, Start

router = APIRouter(include_in_schema=False)


@router.get("/circulating")
async def circulating(request: Request, caller: AtTheHotline, start: Start = 0) -> Response:
    """流转中: handed on, or signed by nobody; each pair of hands and for how long, who waited longest first."""
    found = await desk_of(request).circulating.of(caller, datetime.now(UTC), start)
    further = start + len(found.rows)
    return await page(
        request,
        caller,
        "returns/circulating",
        listing=Listing("/circulating"),
        found=found,
        start=start,
        next=f"/circulating?start={further}" if further < min(found.total, FURTHEST) else None,
    )
