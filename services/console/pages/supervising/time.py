"""时间账: in whose hands the tickets of a period were how long, charged or not, and why; each sum opens its tickets."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from msgspec import Struct

from services.console.days import FIRST_DAY, LAST_DAY, Period, period, today
from services.console.desk import desk_of
from services.console.lists.listing import Listing
from services.console.numbers.hands import CHARGED, ELSEWHERE, HOTLINE, MOST, NOT_CHARGED, Spent, Sum, spent
from services.console.numbers.time_ledger import Because, Holder
from services.console.pages.exporting import Told, at_once, written
from services.console.pages.inside import Overseer
from services.console.pages.rendering import page, reader_for
from services.console.pages.sheets import HELD
from services.console.people.accounts import Account
from services.console.queries import PAGE

router = APIRouter(include_in_schema=False)

DAYS = 7
"""Shown unless the reader says otherwise."""
Cause = Because | Literal["charged", "all"]
OF_UNIT: tuple[Cause, ...] = ("charged", *CHARGED, *NOT_CHARGED)
Day = Annotated[date | None, Query(ge=FIRST_DAY, le=LAST_DAY)]
Word = Annotated[str, Query(max_length=64)]


class Chosen(Struct, frozen=True):
    """What the address says: which days' tickets, perhaps those of one unit."""

    days: Period
    unit: str

    def query(self, **other: str) -> str:
        """The same as an address's query, with more words."""
        words = {"from": str(self.days.first), "to": str(self.days.last), "unit": self.unit, **other}
        return urlencode({name: word for name, word in words.items() if word})


class Cell(Struct, frozen=True):
    """A sum with where its tickets are."""

    cause: Cause
    sum: Sum
    address: str


class Row(Struct, frozen=True):
    """In whose hands: a unit's, the hotline's, or elsewhere; with a cell a cause."""

    holder: Holder
    unit: str | None
    cells: list[Cell]


def _chosen(start: Annotated[Day, Query(alias="from")] = None, to: Day = None, unit: Word = "") -> Chosen:
    return Chosen(period(start, to, today(), DAYS), unit)


FromAddress = Annotated[Chosen, Depends(_chosen)]


def causes_of(cause: Cause, holder: Holder) -> tuple[Because, ...]:
    """The causes that a column sums up."""
    if cause == "charged":
        return CHARGED
    if cause == "all":
        return HOTLINE if holder == "hotline" else ELSEWHERE
    return (cause,)


def row(time: Spent, chosen: Chosen, holder: Holder, unit: str | None, causes: Sequence[Cause]) -> Row:
    """A row of the table (pure)."""
    cells = []
    for cause in causes:
        query = chosen.query(holder=holder, whose=unit or "", cause=cause)
        cells.append(Cell(cause, time.sum(holder, unit, causes_of(cause, holder)), f"/time/tickets?{query}"))
    return Row(holder, unit, cells)


@router.get("/time")
async def time(request: Request, caller: Overseer, chosen: FromAddress) -> Response:
    """Units by what is charged to them, the longest first; then the hotline, and what came before it."""
    found = await _spent(request, caller, chosen)
    return await page(
        request,
        caller,
        "supervising/time",
        chosen=chosen,
        time=found,
        most=MOST,
        causes=OF_UNIT,
        units=[row(found, chosen, "unit", unit, OF_UNIT) for unit in found.units],
        hotline=row(found, chosen, "hotline", None, ("all", *HOTLINE)),
        elsewhere=row(found, chosen, "elsewhere", None, ("all", *ELSEWHERE)),
    )


@router.get("/time/tickets")
async def behind(
    request: Request,
    caller: Overseer,
    chosen: FromAddress,
    holder: Holder,
    cause: Cause,
    whose: Word = "",
    after: Annotated[int, Query(ge=0, le=MOST)] = 0,
) -> Response:
    """The tickets behind a sum, who was held longest first."""
    found = await _spent(request, caller, chosen)
    held = found.held(holder, whose or None, causes_of(cause, holder))
    query = {"holder": holder, "whose": whose, "cause": cause}
    asked = chosen.query(**query)
    return await page(
        request,
        caller,
        "supervising/held",
        chosen=chosen,
        holder=holder,
        whose=whose,
        cause=cause,
        held=held[after : after + PAGE],
        total=len(held),
        columns=tuple(HELD.columns),
        export=f"/time/tickets.xlsx?{asked}",
        next=f"/time/tickets?{chosen.query(**query, after=str(after + PAGE))}"
        if len(held) > after + PAGE
        else None,
        first=f"/time/tickets?{asked}" if after else None,
    )


@router.get("/time/tickets.xlsx")
async def exported(
    request: Request, caller: Overseer, chosen: FromAddress, holder: Holder, cause: Cause, whose: Word = ""
) -> Response:
    """The same as a workbook, all of them."""
    found, reader = await _spent(request, caller, chosen), await reader_for(request, caller)
    held = found.held(holder, whose or None, causes_of(cause, holder))
    words = reader.words
    whom = reader.called("unit", whose) if holder == "unit" else words.of("holder", holder)
    why = words.of("time_cause" if cause in ("all", "charged") else "held", cause)
    heads = [words(head) for head in ("list.index", *HELD.columns)]
    days = f"{chosen.days.first} – {chosen.days.last}"
    of = Told(Listing("/time/tickets"), words("time.title"), [whom, why, days], heads)
    return await written(
        request,
        caller,
        reader,
        of,
        lambda row, at: [str(at), *[tell(row, reader) for tell in HELD.columns.values()]],
        at_once(held),
    )


async def _spent(request: Request, caller: Account, chosen: Chosen) -> Spent:
    return await spent(desk_of(request).lists, caller, chosen.days, chosen.unit or None, datetime.now(UTC))
