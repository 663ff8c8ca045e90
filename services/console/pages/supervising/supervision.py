"""督办台: how far each open ticket was urged, by whom and why; and what was passed over in queue mode."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from msgspec.structs import replace

from services.console.api.reading import Before
from services.console.desk import desk_of
from services.console.lists.listing import Listing, OnRung, listing
from services.console.numbers.tallies import RUNGS
from services.console.pages.inside import Overseer
from services.console.pages.sheets import urged
from services.console.pages.supervising.listing import shown
from services.console.paper.papers import Form, forms_for
from services.console.people.accounts import Account
from services.console.queries import PAGE
from services.console.rows import TicketRow

router = APIRouter(include_in_schema=False)

SKIPS = 50
"""What was passed over, of a page."""


def papers(caller: Account, row: TicketRow) -> list[Form]:
    """What the caller may print that makes sense of a ticket that was urged (pages/printable.py says why not)."""
    late: tuple[tuple[Form, bool], ...] = (
        ("urge-notice", row.urges + row.urges_ordered > 0),
        ("supervision-slip", row.citizen_missed or row.unit_missed),
    )
    return [form for form, sensible in late if sensible and row.lead and form in forms_for(caller, row)]


def highest(numbers: dict[str, int]) -> str:
    """The last rung that has a ticket; the last of all where none has."""
    return next((rung for rung, total in reversed(numbers.items()) if total), [*numbers][-1])


def _at(asked: OnRung, rung: str) -> Listing:
    return Listing("/supervision", replace(asked, rung=rung))


@router.get("/supervision")
async def supervision(
    request: Request,
    caller: Overseer,
    cursor: Annotated[str | None, Query(max_length=4_000)] = None,
    before: Before = None,
) -> Response:
    """Every rung with its number, the tickets of one, and the skips from before that id.

    An address that names no rung shows the highest on which there is a ticket.
    """
    desk, asked = desk_of(request), listing("/supervision", request.query_params).filters
    assert isinstance(asked, OnRung)  # noqa: S101
    numbers = await RUNGS.numbers(desk.lists, caller, asked.unit)
    if "rung" not in request.query_params:
        asked = replace(asked, rung=highest(numbers))
    found = await RUNGS.tickets(desk.lists, caller, asked.rung, cursor, PAGE, asked.unit)
    skips = await desk.holds.skips(caller, before, SKIPS)
    return await shown(
        request,
        caller,
        wanted := _at(asked, asked.rung),
        found,
        "supervising/supervision",
        total=numbers[asked.rung],
        numbers=numbers,
        addresses={name: _at(asked, name).at() for name in numbers},
        asked=asked,
        papers={row.id: papers(caller, row) for row in found.tickets},
        urged=await urged(desk, caller, found.tickets),
        skips=skips,
        more_skips=wanted.at(before=str(skips[-1].id)) if len(skips) == SKIPS else None,
    )
