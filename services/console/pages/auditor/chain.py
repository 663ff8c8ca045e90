"""链与重建: how much the record holds, how far it was verified, and whether the views are what it says."""

from fastapi import APIRouter, Request, Response

from services.console.desk import desk_of
from services.console.pages.inside import Overseer
from services.console.pages.rendering import page
from services.console.proof.chain import compared, partitions
from services.console.proof.record import RecordAway

router = APIRouter(include_in_schema=False)


@router.get("/chain")
async def chain(request: Request, caller: Overseer) -> Response:
    """A line a partition; with Kafka away what the views know, and that no more can be said."""
    desk = desk_of(request)
    verified, rebuilt = await desk.runs.latest("verify"), await desk.runs.latest("rebuild")
    positions = await desk.auditing.positions()
    try:
        ends = await desk.record.ends()
        away = False
    except RecordAway:
        ends = {at.partition: at.offset + 1 for at in positions}
        away = True
    return await page(
        request,
        caller,
        "auditor/chain",
        away=away,
        partitions=partitions(positions, ends, verified),
        verified=verified,
        rebuilt=rebuilt,
        views=compared(rebuilt),
    )
