"""指标: what each unit or channel reached in a period; every number opens the tickets that it counts."""

from datetime import date
from typing import Annotated, Literal, get_args
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from msgspec import Struct
from msgspec.structs import replace

from services.console.days import FIRST_DAY, LAST_DAY, Period, period, today
from services.console.desk import desk_of
from services.console.lists.listing import FIGURE_LISTS, Kind, OfFigure, Part, listing, of_kind
from services.console.lists.whole import behind, units_of
from services.console.numbers.figures import Behind, Counting, Grouping
from services.console.pages.inside import Anyone
from services.console.pages.rendering import page
from services.console.pages.supervising import matrix
from services.console.pages.supervising.listing import shown
from services.console.people.accounts import Account
from services.console.queries import PAGE
from shared.figures import BY_NAME, Figure
from shared.policy.units import Unit
from shared.problems import Problem

router = APIRouter(include_in_schema=False)

KINDS: tuple[Kind, ...] = get_args(Kind)
Day = Annotated[date | None, Query(ge=FIRST_DAY, le=LAST_DAY)]
Word = Annotated[str, Query(max_length=64)]


class Chosen(Struct, frozen=True):
    """What the address says: how figures are grouped, of which days, channel and kind of unit, in what order."""

    by: Grouping
    days: Period
    channel: str
    kind: Kind | Literal[""]
    sort: str

    @property
    def counting(self) -> Counting:
        """As the queries take it."""
        return Counting(self.by, self.days.start, self.days.end, self.channel or None)

    def query(self, **other: str) -> str:
        """The same as an address's query, with other words where given."""
        words = {
            "by": self.by,
            "from": str(self.days.first),
            "to": str(self.days.last),
            "channel": self.channel,
            "kind": self.kind,
            "sort": self.sort,
        }
        return urlencode({name: word for name, word in (words | other).items() if word})

    def lists(self, figure: Figure, key: str) -> dict[Part, str]:
        """Where the tickets behind a figure are; without ``key`` of all that the table shows."""
        parts: tuple[Part, ...] = get_args(Part) if figure.of else ("count",)
        return {part: f"/figures/{figure.name}/{part}?{self.query(key=key)}" for part in parts}


def _chosen(
    by: Grouping = "units",
    start: Annotated[Day, Query(alias="from")] = None,
    to: Day = None,
    channel: Word = "",
    kind: Kind | Literal[""] = "",
    sort: Word = matrix.WORST_FIRST,
) -> Chosen:
    if sort not in BY_NAME:
        raise _unknown(sort)
    days = period(start, to, today())
    return Chosen(by, days, channel, kind if by == "units" else "", sort)


FromAddress = Annotated[Chosen, Depends(_chosen)]


@router.get("/figures")
async def figures(request: Request, caller: Anyone, chosen: FromAddress) -> Response:
    """The table; a unit has its own row, and its place among its peers."""
    shown = await matrix_of(request, caller, chosen)
    return await page(
        request,
        caller,
        "supervising/figures",
        chosen=chosen,
        rows=shown,
        total=matrix.total(shown),
        counts=matrix.COUNTS,
        rates=matrix.RATES,
        kinds=KINDS,
        fewest=matrix.FEWEST,
        ranks=await _ranks(request, caller, chosen),
    )


async def matrix_of(request: Request, caller: Account, chosen: Chosen) -> list[matrix.Row]:
    """The rows of the table in its order."""
    rows = matrix.rows(await desk_of(request).figures.numbers(caller, chosen.counting))
    if chosen.kind:
        peers = of_kind(await _units(request, caller), chosen.kind)
        rows = [row for row in rows if row.key in peers]
    return matrix.sorted_by(rows, chosen.sort)


async def _ranks(request: Request, caller: Account, chosen: Chosen) -> dict[str, matrix.Rank | None]:
    """A unit's place by each rate among the units of its kind; of their figures nothing else leaves here."""
    units = await _units(request, caller)
    own = next((unit for unit in units if unit.id == caller.unit), None)
    if own is None or chosen.by != "units":
        return {}
    everyone = replace(caller, unit=None)
    said = matrix.rows(await desk_of(request).figures.numbers(everyone, chosen.counting))
    peers = [row for row in said if row.key in of_kind(units, own.kind)]
    return {figure.name: matrix.rank(peers, own.id, figure.name) for figure in matrix.RATES}


@router.get("/figures/{figure}/{part}")
async def list_behind(
    request: Request,
    caller: Anyone,
    chosen: FromAddress,
    figure: str,
    part: Part,
    key: Word = "",
    cursor: Annotated[str | None, Query(max_length=4_000)] = None,
) -> Response:
    """分子表, 分母表 or 剔除表 of a figure: of one unit or channel, or without ``key`` of all that the table shows."""
    path = f"/figures/{figure}/{part}"
    if path not in FIGURE_LISTS:
        raise _unknown(figure)
    wanted = listing(path, dict(parse_qsl(chosen.query(key=key))))
    assert isinstance(wanted.filters, OfFigure)  # noqa: S101
    figured = Behind(behind(path), wanted.filters.keys(await _units(request, caller)))
    figures = desk_of(request).figures
    found = await figures.behind(caller, chosen.counting, figured, cursor, PAGE)
    return await shown(
        request,
        caller,
        wanted,
        found,
        "supervising/behind",
        total=await figures.total(caller, chosen.counting, figured),
        chosen=chosen,
        figure=BY_NAME[figure],
        part=part,
        key=key,
    )


async def _units(request: Request, caller: Account) -> list[Unit]:
    """The units of the jurisdiction by the policy in force."""
    return units_of(await desk_of(request).policies.known(), caller.jurisdiction)


def _unknown(name: str) -> Problem:
    return Problem(404, "unknown_figure", f"没有指标 {name}。", f"There is no figure {name}.")
