"""指标 and 结转台账 as workbooks: the rows and columns of their pages, numbers as the pages write them."""

from collections.abc import AsyncIterator, Sequence

from fastapi import APIRouter, Request, Response

from services.console.lists.listing import Listing, OfFigure, OfMonth
from services.console.numbers.tallies import STOCK
from services.console.pages.columns import Reader
from services.console.pages.exporting import Told, written
from services.console.pages.inside import Anyone, AtTheHotline
from services.console.pages.rendering import reader_for
from services.console.pages.supervising import matrix
from services.console.pages.supervising.figures import FromAddress, matrix_of
from services.console.pages.supervising.ledger import FirstMonth, LastMonth, flows_of
from services.console.people.accounts import Account

router = APIRouter(include_in_schema=False)
SHOWN = (*matrix.RATES, *matrix.COUNTS)
"""As the page has them: rates first."""


@router.get("/figures.xlsx")
async def figures(request: Request, caller: Anyone, chosen: FromAddress) -> Response:
    """指标: a row a unit or channel, and all of them together."""
    reader = await reader_for(request, caller)
    words = reader.words
    rows = await matrix_of(request, caller, chosen)
    names = [
        reader.called("unit", row.key) if chosen.by == "units" else words.of("channel", row.key)
        for row in rows
    ]
    cells = [[name, *_figures(row.cells, reader)] for name, row in zip(names, rows, strict=True)]
    if len(rows) > 1:
        cells.append([words("figures.total"), *_figures(matrix.total(rows), reader)])
    heads = [words.of("grouping", chosen.by), *[words.name_of(figure) for figure in SHOWN]]
    about = words("figures.about", first=chosen.days.first, last=chosen.days.last)
    asked = OfFigure(
        chosen.by, chosen.days.first, chosen.days.last, chosen.channel or None, chosen.kind or None
    )
    title = words("figures.mine" if caller.unit else "figures.title")
    of = Told(Listing("/figures", asked), title, [about], heads)
    return await _table(request, caller, reader, of, cells)


@router.get("/ledger.xlsx")
async def ledger(
    request: Request, caller: AtTheHotline, start: FirstMonth = "", to: LastMonth = ""
) -> Response:
    """结转台账: a row a month and channel."""
    reader = await reader_for(request, caller)
    words = reader.words
    flows = await flows_of(request, caller, start, to)
    cells = [
        [
            f"{flow.month:%Y-%m}",
            words.of("channel", flow.channel) if flow.channel else words("ledger.all"),
            *[str(flow.numbers[part]) for part in STOCK.names],
        ]
        for flow in flows
    ]
    heads = [
        words("ledger.month"),
        words("ledger.channel"),
        *[words.of("flow", part) for part in STOCK.names],
    ]
    of = Told(Listing("/ledger", OfMonth()), words("ledger.title"), [words("ledger.about")], heads)
    return await _table(request, caller, reader, of, cells)


async def _table(
    request: Request, caller: Account, reader: Reader, of: Told, rows: Sequence[list[str]]
) -> Response:
    async def at_once() -> AsyncIterator[list[list[str]]]:
        yield list(rows)

    return await written(request, caller, reader, of, lambda row, _: row, at_once())


def _figures(cells: dict[str, matrix.Cell], reader: Reader) -> list[str]:
    return [_figure(figure.name, cells[figure.name], reader) for figure in SHOWN]


def _figure(name: str, cell: matrix.Cell, reader: Reader) -> str:
    """``71.76 %(1273/1774) 剔除尚无评价 12``; of a count the bare number."""
    if cell.of is None:
        return str(cell.count)
    rate = f"{100 * cell.rate:.2f}" if cell.rate is not None else "–"
    return f"{rate} %({cell.count}/{cell.of}) {reader.words.of('left_out', name)} {cell.excluded}"
