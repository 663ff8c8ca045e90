"""Lists as Excel workbooks: the columns and the rows of the page, every one of them (console.md §3.3)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from msgspec import Struct

from services.console.desk import desk_of
from services.console.lists.listing import ASKED, Listing, Part, listing
from services.console.pages.columns import Reader
from services.console.pages.inside import Anyone, AtTheHotline, Overseer
from services.console.pages.listed import narrowed, title
from services.console.pages.rendering import reader_for
from services.console.pages.sheets import sheet_of
from services.console.pages.shown import moment
from services.console.paper.workbook import TYPE, Book
from services.console.people.accounts import Account
from services.console.queries import Queue
from services.console.rows import TicketRow
from shared.problems import Problem

router = APIRouter(include_in_schema=False)

MOST = 50_000
"""Rows of an export: more is no list that people read."""
AT_ONCE = 2
"""Exports that are made at the same time; each keeps a thread and a connection."""
R = TypeVar("R")
_gate = asyncio.Semaphore(AT_ONCE)


@router.get("/tickets.xlsx")
async def tickets(request: Request, caller: Anyone) -> Response:
    """The list by the filters in the address."""
    return await exported(request, caller, listing("/tickets", request.query_params))


@router.get("/search.xlsx")
async def search(request: Request, caller: Anyone) -> Response:
    """What a search finds."""
    return await exported(request, caller, listing("/search", request.query_params))


@router.get("/queues/{queue}.xlsx")
async def queue(request: Request, caller: AtTheHotline, queue: Queue) -> Response:
    """A queue of the hotline."""
    return await exported(request, caller, Listing(f"/queues/{queue}"))


@router.get("/risks.xlsx")
async def risks(request: Request, caller: AtTheHotline) -> Response:
    """A group of 险情台."""
    return await exported(request, caller, listing("/risks", request.query_params))


@router.get("/supervision.xlsx")
async def supervision(request: Request, caller: Overseer) -> Response:
    """A rung of 督办台."""
    return await exported(request, caller, listing("/supervision", request.query_params))


@router.get("/figures/{figure}/{part}.xlsx")
async def behind_figure(request: Request, caller: Anyone, figure: str, part: Part) -> Response:
    """What stands behind a figure."""
    return await _of_number(request, caller, f"/figures/{figure}/{part}")


@router.get("/ledger/{part}.xlsx")
async def ledger(request: Request, caller: AtTheHotline, part: str) -> Response:
    """What stands behind a number of 结转台账."""
    return await _of_number(request, caller, f"/ledger/{part}")


@router.get("/wall/{tally}.xlsx")
async def wall(request: Request, caller: AtTheHotline, tally: str) -> Response:
    """What stands behind a number of 大屏."""
    return await _of_number(request, caller, f"/wall/{tally}")


async def _of_number(request: Request, caller: Account, path: str) -> Response:
    if path not in ASKED:
        raise Problem(404, "no_list", f"没有列表 {path}。", f"There is no list {path}.")
    return await exported(request, caller, listing(path, request.query_params))


@router.get("/circulating.xlsx")
async def circulating(request: Request, caller: AtTheHotline) -> Response:
    """流转中."""
    return await exported(request, caller, Listing("/circulating"))


async def exported(request: Request, caller: Account, listing: Listing) -> Response:
    """Every row of a list. Raises Problem 400 where it is too long."""
    listings, reader = desk_of(request).listings, await reader_for(request, caller)
    async with _gate:
        refuse_too_many(await listings.count(caller, listing, MOST))
        rows = listings.every(caller, listing, MOST)
        return await book_of(request, caller, reader, listing, rows)


def refuse_too_many(rows: int) -> None:
    """Raises Problem 400 for a list that is too long to export."""
    if rows > MOST:
        zh = f"超过 {MOST} 行,无法导出。请用筛选条件或登记日期缩小范围后再导出。"
        en = f"More than {MOST} rows cannot be exported: narrow the list by filters or days."
        raise Problem(400, "too_many_rows", zh, en)


async def book_of(
    request: Request,
    caller: Account,
    reader: Reader,
    listing: Listing,
    chunks: AsyncIterator[list[TicketRow]],
) -> Response:
    """The workbook of these tickets of a list: its own columns after the place of each."""
    sheet = sheet_of(listing)
    heads = [reader.words(head) for head in ("list.index", *sheet.columns)]
    told_of = Told(listing, title(listing, reader), narrowed(listing, reader), heads)
    rows = sheet.rows(desk_of(request), caller, reader, chunks)
    return await written(request, caller, reader, told_of, lambda cells, at: [str(at), *cells], rows)


class Told(Struct, frozen=True):
    """What a workbook is of: the list, its name, what it is narrowed to, its columns' heads."""

    listing: Listing
    name: str
    narrowed: list[str]
    heads: list[str]


async def written(
    request: Request,
    caller: Account,
    reader: Reader,
    of: Told,
    cells: Callable[[R, int], list[str]],
    chunks: AsyncIterator[list[R]],
) -> Response:
    """A workbook of rows, each told as cells by its place in the list; that it is taken is recorded."""
    book, count = Book(of.name, headline(of.name, of.narrowed, caller, reader), of.heads), 0
    async for rows in chunks:
        told_rows = [cells(row, count + at) for at, row in enumerate(rows, 1)]
        count += len(rows)
        await asyncio.to_thread(book.add, told_rows)
    file = await asyncio.to_thread(book.file)
    await desk_of(request).exports.of_list(caller, "xlsx", of.listing, count)
    return workbook(file, of.name, reader.now)


async def at_once(rows: list[R]) -> AsyncIterator[list[R]]:
    """Rows that are in hand already."""
    yield rows


def headline(name: str, narrowed: Sequence[str], caller: Account, reader: Reader) -> str:
    """The title row of a workbook: what it is, of what, as of when, who took it."""
    as_of = reader.words("listed.as_of", at=moment(reader.now))
    return "  ".join([name, *narrowed, as_of, reader.words("listed.taken_by", person=caller.id)])


def workbook(file: bytes, name: str, at: datetime) -> Response:
    """A workbook as a download under a name that sorts by time."""
    stamp = moment(at).replace("-", "").replace(":", "").replace(" ", "-")
    return Response(
        file,
        headers={
            "Content-Type": TYPE,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{name}-{stamp}.xlsx')}",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
