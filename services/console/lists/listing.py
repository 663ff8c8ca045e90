"""A list of tickets by its address: what a page shows, an export writes out, a view keeps, a selection asks again."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Literal, get_args
from urllib.parse import parse_qsl, urlencode

from msgspec import Meta, Struct, ValidationError, convert, to_builtins

from services.console.lists.filters import Code, Filters
from services.console.numbers.figures import Grouping
from services.console.numbers.tallies import NOW, STOCK
from services.console.people.accounts import Account
from services.console.queries import Queue
from shared.figures import FIGURES
from shared.policy.units import Unit
from shared.problems import Problem

LONGEST_SOUGHT = 64
"""Characters of a search."""
LONGEST_ADDRESS = 2_000
Sought = Annotated[str, Meta(max_length=LONGEST_SOUGHT)]
Part = Literal["count", "of", "excluded"]
Kind = Literal["authority", "department", "town", "company"]
RiskGroup = Literal[
    "overdue", "soon", "today", "critical", "passed_on", "repeated", "second_round", "confidential", "missed"
]
Rung = Literal["warned", "urged", "ordered", "insisted"]


class AtRisk(Struct, frozen=True):
    """A group of 险情台, perhaps of one unit only."""

    group: RiskGroup = "overdue"
    unit: Code | None = None


class OnRung(Struct, frozen=True):
    """A rung of 督办台, perhaps of one unit only."""

    rung: Rung = "insisted"
    unit: Code | None = None


class OfFigure(Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """The tickets behind a figure: of one unit or channel (``key``), or of all, perhaps of one kind of units."""

    by: Grouping = "units"
    start: date | None = None
    end: date | None = None
    channel: Code | None = None
    kind: Kind | None = None
    key: Code | None = None

    def keys(self, units: Iterable[Unit]) -> list[str] | None:
        """The units or channels whose tickets are asked for, None for all; channels are of no kind."""
        if self.key:
            return [self.key]
        return of_kind(units, self.kind) if self.kind and self.by == "units" else None


def of_kind(units: Iterable[Unit], kind: str) -> list[str]:
    """The ids of those of a kind: peers."""
    return [unit.id for unit in units if unit.kind == kind]


class OfMonth(Struct, frozen=True):
    """The tickets behind a number of 结转台账."""

    month: Annotated[str, Meta(pattern=r"^20\d\d-(0[1-9]|1[0-2])\Z")] | None = None
    channel: Code | None = None


class OfWall(Struct, frozen=True):
    """The tickets behind a number of 大屏."""

    topic: Code | None = None
    place: Code | None = None


Asked = Filters | AtRisk | OnRung | OfFigure | OfMonth | OfWall
FIGURE_LISTS = tuple(
    f"/figures/{figure.name}/{part}" for figure in FIGURES for part in get_args(Part)[: 3 if figure.of else 1]
)
STOCK_LISTS = tuple(f"/ledger/{part}" for part in STOCK.names)
WALL_LISTS = tuple(f"/wall/{tally}" for tally in NOW.names)
ASKED: dict[str, type[Asked]] = {
    "/tickets": Filters,
    "/risks": AtRisk,
    "/supervision": OnRung,
    "/figures": OfFigure,
    "/ledger": OfMonth,
    **dict.fromkeys(FIGURE_LISTS, OfFigure),
    **dict.fromkeys(STOCK_LISTS, OfMonth),
    **dict.fromkeys(WALL_LISTS, OfWall),
}
"""What the address of a list may ask for, by its path; of every other nothing."""


class Listing(Struct, frozen=True):
    """Which list, of a page's path: by filters, what a search finds, a queue, what stands behind a number."""

    path: str
    filters: Asked = Filters()
    sought: Sought = ""

    @property
    def name(self) -> str:
        """The last part of its path: ``tickets``, ``inbox``, a queue's, a number's."""
        return self.path.rpartition("/")[2]

    @property
    def asked(self) -> dict[str, str]:
        """The filters as an address has them."""
        chosen = {"q": self.sought} if self.sought else to_builtins(self.filters)
        return {
            name: str(value).lower() if isinstance(value, bool) else value
            for name, value in chosen.items()
            if value is not None
        }

    def at(self, path: str = "", **more: str) -> str:
        """Its address, perhaps at another path than its page's, with further parameters."""
        asked = urlencode({**self.asked, **more})
        return (path or self.path) + (f"?{asked}" if asked else "")


def listing(path: str, asked: Mapping[str, str]) -> Listing:
    """The list of a path with what its address asks for. Raises Problem 400 for a filter that cannot be.

    An empty filter leaves out its condition; parameters that are no filters (a cursor) are left out. A number may be
    written in groups.
    """
    try:
        if path == "/search":
            return Listing(path, sought=convert(asked.get("q", "").strip(), Sought))
        chosen = {name: text.strip() for name, text in asked.items() if text.strip()}
        if "q" in chosen:
            chosen["q"] = "".join(chosen["q"].split())
        return Listing(path, convert(chosen, ASKED[path], strict=False) if path in ASKED else Filters())
    except ValidationError as error:
        raise _no_filter(path, str(error).rpartition("$.")[2].rstrip("`")) from None


def listing_at(caller: Account, address: str) -> Listing:
    """The list at an address of ours. Raises Problem 400 where the caller has no list there."""
    path, _, query = address.partition("?")
    if path not in lists_of(caller) or len(address) > LONGEST_ADDRESS:
        zh, en = "这个地址不是您可以打开的工单列表。", "That address is none of the lists that you can open."
        raise Problem(400, "no_list", zh, en, field="address")
    return listing(path, dict(parse_qsl(query)))


def lists_of(caller: Account) -> tuple[str, ...]:
    """The paths of the lists that the caller can open."""
    if caller.unit is not None:
        return ("/tickets", "/search", "/inbox", *FIGURE_LISTS)
    queues = [f"/queues/{queue}" for queue in get_args(Queue)]
    numbers = (*FIGURE_LISTS, *STOCK_LISTS, *WALL_LISTS)
    overseen = ("/supervision",) if caller.role in ("supervisor", "auditor") else ()
    return ("/tickets", "/search", *queues, "/circulating", "/risks", *numbers, *overseen)


def _no_filter(path: str, field: str) -> Problem:
    if path == "/search":
        zh = f"查找内容最多 {LONGEST_SOUGHT} 个字,请缩短。"
        en = f"Search for at most {LONGEST_SOUGHT} characters."
        return Problem(400, "invalid_field", zh, en, field="q")
    zh, en = f"筛选条件 {field} 无法识别,请清除后重选。", f"The filter {field} cannot be read: clear it."
    return Problem(400, "invalid_field", zh, en, field=field)
