"""结转台账: 上月结转 + 受理 = 办结 + 在办, by month and channel; every number opens its tickets."""

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from msgspec import Struct

from services.console.days import Period, month_before, month_of
from services.console.desk import desk_of
from services.console.lists.listing import STOCK_LISTS, Listing, OfMonth
from services.console.numbers.tallies import STOCK
from services.console.pages.inside import AtTheHotline
from services.console.pages.rendering import page
from services.console.pages.supervising.listing import shown
from services.console.people.accounts import Account
from services.console.queries import PAGE
from shared.problems import Problem

router = APIRouter(include_in_schema=False)

MONTHS = 12
"""Most months of a page."""
Month = Annotated[str, Query(pattern=r"^(20\d\d-(0[1-9]|1[0-2]))?$")]


class Flow(Struct, frozen=True):
    """A channel's four numbers of a month; ``channel`` is empty for all of them together."""

    month: date
    channel: str
    numbers: dict[str, int]

    @property
    def addresses(self) -> dict[str, str]:
        """Where the tickets of each number are."""
        return {part: address(part, self.month, self.channel) for part in STOCK.names}


def address(part: str, month: date, channel: str) -> str:
    """Where the tickets of a number are."""
    query = {"month": f"{month:%Y-%m}"} | ({"channel": channel} if channel else {})
    return f"/ledger/{part}?{urlencode(query)}"


def months(first: Period, last: Period) -> list[Period]:
    """The months from one to the other, the latest first, at most ``MONTHS``."""
    found = [last]
    while found[-1].first > first.first and len(found) < MONTHS:
        found.append(month_before(found[-1]))
    return found


FirstMonth = Annotated[Month, Query(alias="from")]
LastMonth = Month


@router.get("/ledger")
async def ledger(
    request: Request, caller: AtTheHotline, start: FirstMonth = "", to: LastMonth = ""
) -> Response:
    """A row a month and channel, the latest month first."""
    flows = await flows_of(request, caller, start, to)
    return await page(
        request,
        caller,
        "supervising/ledger",
        flows=flows,
        first=flows[-1].month,
        last=flows[0].month,
        parts=STOCK.names,
    )


async def flows_of(request: Request, caller: Account, start: str, to: str) -> list[Flow]:
    """The rows of the months from one to the other, of each the channels and then all of them together."""
    last = month_of(to)
    first = month_of(start) if start else month_before(month_before(last))
    lists = desk_of(request).lists
    flows = []
    for month in months(first, last):
        by_channel = await STOCK.by(lists, caller, "t.channel", month.start, month.end, None)
        every = {part: sum(numbers[part] for _, numbers in by_channel) for part in STOCK.names}
        flows += [Flow(month.first, channel, numbers) for channel, numbers in by_channel]
        flows.append(Flow(month.first, "", every))
    return flows


@router.get("/ledger/{part}")
async def behind(
    request: Request,
    caller: AtTheHotline,
    part: str,
    month: Month,
    channel: Annotated[str, Query(max_length=64)] = "",
    cursor: Annotated[str | None, Query(max_length=4_000)] = None,
) -> Response:
    """The tickets behind a number of the ledger."""
    if f"/ledger/{part}" not in STOCK_LISTS:
        raise Problem(404, "no_list", f"没有列表 {part}。", f"There is no list {part}.")
    of = month_of(month)
    given = (of.start, of.end, channel or None)
    lists = desk_of(request).lists
    found = await STOCK.tickets(lists, caller, part, cursor, PAGE, *given)
    return await shown(
        request,
        caller,
        Listing(f"/ledger/{part}", OfMonth(f"{of.first:%Y-%m}", channel or None)),
        found,
        "supervising/flow",
        total=await STOCK.number(lists, caller, part, *given),
        part=part,
        month=of.first,
        channel=channel,
    )
