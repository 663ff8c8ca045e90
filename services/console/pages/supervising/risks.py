"""险情台: the tickets that somebody should look at today, by what is due first."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from msgspec.structs import replace

from services.console.desk import desk_of
from services.console.lists.listing import AtRisk, Listing, listing
from services.console.numbers.tallies import RISKS
from services.console.pages.inside import AtTheHotline
from services.console.pages.supervising.listing import shown
from services.console.queries import PAGE

router = APIRouter(include_in_schema=False)


@router.get("/risks")
async def risks(
    request: Request, caller: AtTheHotline, cursor: Annotated[str | None, Query(max_length=4_000)] = None
) -> Response:
    """Every group with its number, and the tickets of one."""
    lists, wanted = desk_of(request).lists, listing("/risks", request.query_params)
    asked = wanted.filters
    assert isinstance(asked, AtRisk)  # noqa: S101
    numbers = await RISKS.numbers(lists, caller, asked.unit)
    found = await RISKS.tickets(lists, caller, asked.group, cursor, PAGE, asked.unit)
    return await shown(
        request,
        caller,
        wanted,
        found,
        "supervising/risks",
        total=numbers[asked.group],
        numbers=numbers,
        addresses={name: Listing("/risks", replace(asked, group=name)).at() for name in numbers},
        asked=asked,
    )
