"""督办台: how far each open ticket was urged, by whom and why; and what was passed over in queue mode."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from msgspec import Struct, convert

from services.console.accounts import Account
from services.console.api.reading import Before
from services.console.desk import desk_of
from services.console.pages.inside import Overseer
from services.console.pages.supervising.listing import PAGE, listing
from services.console.papers import Form, forms_for
from services.console.queries import TicketRow
from services.console.tallies import RUNGS
from shared.problems import Problem

router = APIRouter(include_in_schema=False)

SKIPS = 50
"""What was passed over, of a page."""
Word = Annotated[str, Query(max_length=64)]


class Urging(Struct, frozen=True):
    """A warning or an urge of a ticket; ``person`` and ``because`` where a person urged."""

    ticket: str
    at: datetime
    kind: Literal["DeadlineWarned", "Urged", "UrgeOrdered"]
    person: str | None
    role: str | None
    because: str | None


def by_ticket(said: Sequence[dict[str, Any]]) -> dict[str, list[Urging]]:
    """The urges of each ticket, as ``Queries.urges`` answers them."""
    urges = convert(said, list[Urging])
    return {ticket: list(of) for ticket, of in groupby(urges, key=lambda one: one.ticket)}


def papers(caller: Account, row: TicketRow) -> list[Form]:
    """What the caller may print that makes sense of a ticket that was urged (pages/printable.py says why not)."""
    late: tuple[tuple[Form, bool], ...] = (
        ("urge-notice", row.urges + row.urges_ordered > 0),
        ("supervision-slip", row.citizen_missed or row.unit_missed),
    )
    return [form for form, sensible in late if sensible and row.lead and form in forms_for(caller, row)]


def address(rung: str, unit: str = "") -> str:
    """Where the tickets of a rung are."""
    return "/supervision?" + urlencode({"rung": rung} | ({"unit": unit} if unit else {}))


@router.get("/supervision")
async def supervision(
    request: Request,
    caller: Overseer,
    rung: Word = "insisted",
    unit: Word = "",
    cursor: Annotated[str | None, Query(max_length=4_000)] = None,
    before: Before = None,
) -> Response:
    """Every rung with its number, the tickets of one, and the skips from before that id."""
    if rung not in RUNGS.names:
        raise Problem(404, "no_list", f"没有列表 {rung}。", f"There is no list {rung}.")
    desk = desk_of(request)
    numbers = await RUNGS.numbers(desk.lists, caller, unit or None)
    found = await RUNGS.tickets(desk.lists, caller, rung, cursor, PAGE, unit or None)
    skips = await desk.holds.skips(caller, before, SKIPS)
    return await listing(
        request,
        caller,
        found,
        "supervising/supervision",
        address=address(rung, unit),
        numbers=numbers,
        addresses={name: address(name, unit) for name in RUNGS.names},
        rung=rung,
        papers={row.id: papers(caller, row) for row in found.tickets},
        unit=unit,
        urges=by_ticket(await desk.queries.urges(caller, [row.id for row in found.tickets])),
        skips=skips,
        more_skips=f"{address(rung, unit)}&before={skips[-1].id}" if len(skips) == SKIPS else None,
    )
