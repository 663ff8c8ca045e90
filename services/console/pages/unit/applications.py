"""申请与裁决: what the unit applied for, what was ruled, and what that did to the clocks."""

from fastapi import APIRouter, Request, Response

from services.console.desk import desk_of
from services.console.pages.inside import AtAUnit
from services.console.pages.rendering import page
from services.console.queries import QUEUE_LIMIT

router = APIRouter(include_in_schema=False)


@router.get("/applications")
async def applications(request: Request, caller: AtAUnit) -> Response:
    """Those that wait for a ruling first, then the latest."""
    found = await desk_of(request).applications.of(caller, QUEUE_LIMIT)
    return await page(request, caller, "unit/applications", found=found)
