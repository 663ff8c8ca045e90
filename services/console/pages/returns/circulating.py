"""流转中: what goes from hand to hand, and where to settle it."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from services.console.desk import desk_of
from services.console.pages.inside import AtTheHotline
from services.console.pages.rendering import page

router = APIRouter(include_in_schema=False)


@router.get("/circulating")
async def circulating(request: Request, caller: AtTheHotline) -> Response:
    """流转中: handed on, or signed by nobody; each pair of hands and for how long, who waited longest first."""
    now = datetime.now(UTC)
    found = await desk_of(request).circulating.of(caller, now)
    return await page(request, caller, "returns/circulating", found=found)
