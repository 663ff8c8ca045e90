"""A list as an Excel workbook: the page's columns and rows, every cell text, and a record of who took it."""

import re
from collections.abc import AsyncIterator
from html import unescape
from io import BytesIO

import pytest
import pytest_asyncio
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from services.console.pages.exporting import MOST, refuse_too_many
from services.console.paper.workbook import TYPE, Book
from shared.problems import Problem
from tests.services.console.people import SIGNED, Crew, House
from tests.services.console.test_search import mark
from tests.services.console.windowless import Pages, pages_of


def opened(file: bytes) -> Worksheet:
    """The one sheet of a workbook."""
    (sheet,) = load_workbook(BytesIO(file)).worksheets
    return sheet


def heads(sheet: Worksheet) -> list[str]:
    return [str(cell.value) for cell in sheet[2]]


def column(sheet: Worksheet, head: str) -> list[str]:
    """What stands under a head."""
    at = heads(sheet).index(head)
    return [row[at] or "" for row in sheet.iter_rows(min_row=3, values_only=True)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def operator(house: House) -> AsyncIterator[Pages]:
    async with pages_of(house, await house.person("operator")) as pages:
        yield pages


def test_a_workbook_has_the_lists_columns_and_all_of_its_rows(crew: Crew, operator: Pages) -> None:
    word, made = mark(), []
    for _ in range(3):
        crew.step("register", title=f"样例:{word}")
        made.append(crew.operator.reads(f"/api/tickets/{crew.ticket}")["number"])
    page = operator.gets("/search", q=word).text
    answer = operator.gets("/search.xlsx", q=word)
    assert answer.headers["content-type"] == TYPE
    assert answer.headers["cache-control"] == "no-store"
    sheet = opened(answer.content)
    assert heads(sheet) == re.findall(r'<th scope="col">(.*?)</th>', page)
    assert column(sheet, "序号") == ["1", "2", "3"]
    assert column(sheet, "编号") == made[::-1]
    assert re.findall(r">(\d{10,})</a>", page) == made[::-1]


def test_every_cell_says_what_the_page_says(crew: Crew, operator: Pages) -> None:
    word = mark()
    for story in (SIGNED, ("register",), (*SIGNED, "request-return")):
        crew.step("register", title=f"样例:{word}\u202e<b>")
        crew.steps(*story[1:])
    crew.operator.reads(f"/api/tickets/{crew.ticket}")
    page = operator.gets("/search", q=word).text
    shown = [
        [
            said(unescape(re.sub(r"<[^>]*>", "", cell)))
            for cell in re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL)
        ]
        for row in re.findall(r'<tr id="ticket-.*?>(.*?)</tr>', page, re.DOTALL)
    ]
    sheet = opened(operator.gets("/search.xlsx", q=word).content)
    cells = [[said(str(cell or "")) for cell in row] for row in sheet.iter_rows(min_row=3, values_only=True)]
    assert len(cells) == 3
    assert [row[1:] for row in cells] == [row[-len(heads(sheet)) + 1 :] for row in shown]


def said(cell: str) -> str:
    """What a cell says, without shapes, brackets and white space."""
    return re.sub(r"[\s○▲■✓◆‖→\[\]]", "", cell)


def test_the_title_says_of_what_and_as_of_when_and_the_head_stays(crew: Crew, operator: Pages) -> None:
    crew.steps(*SIGNED)
    crew.operator.reads(f"/api/tickets/{crew.ticket}")
    sheet = opened(operator.gets("/tickets.xlsx", stage="signed", unit="water").content)
    title = sheet["A1"].value
    assert isinstance(title, str)
    assert title.startswith("工单")
    for part in ("环节:已签收", "承办单位:样例供水", "北京时间", operator.name):
        assert part in title
    assert sheet.freeze_panes == "A3"
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A1:K1"]
    assert sheet.auto_filter.ref == f"A2:K{sheet.max_row}"
    assert set(column(sheet, "环节")) == {"已签收"}


def test_a_queue_and_an_inbox_are_exported_by_who_has_them(crew: Crew, operator: Pages) -> None:
    crew.steps(*SIGNED, "contact", "answer")
    number = crew.operator.reads(f"/api/tickets/{crew.ticket}")["number"]
    assert number in column(opened(operator.gets("/queues/review.xlsx").content), "编号")
    assert operator.gets("/inbox.xlsx").status_code == 403
    assert operator.gets("/queues/nothing.xlsx").status_code == 400


async def test_an_inbox_is_exported_as_its_page_shows_it(house: House, crew: Crew) -> None:
    crew.steps("register", "amend", "assign")
    crew.water.reads(f"/api/tickets/{crew.ticket}")
    async with pages_of(house, crew.road) as pages:
        page = pages.gets("/inbox", group="assist").text
        sheet = opened(pages.gets("/inbox.xlsx", group="assist").content)
    assert heads(sheet)[1:] == re.findall(r'<th scope="col">([^<]+)</th>', page)
    rows = [
        [
            said(unescape(re.sub(r"<[^>]*>", "", cell)))
            for cell in re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL)
        ]
        for row in re.findall(r'<tr id="task-.*?>(.*?)</tr>', page, re.DOTALL)
    ]
    cells = [[said(str(cell or "")) for cell in row] for row in sheet.iter_rows(min_row=3, values_only=True)]
    assert len(cells) >= 1
    assert [row[1:] for row in cells] == [row[-len(heads(sheet)) : -1] for row in rows]


SUPERVISED = [
    "/supervision?rung=ordered",
    "/circulating",
    "/risks?group=passed_on",
    "/wall/open",
    "/figures/assigned/count",
    "/figures/received/count?by=channels&kind=town",
    "/time/tickets?holder=hotline&cause=all",
]


def rows_of(page: str) -> list[list[str]]:
    """What each row of a list's page says, cell by cell."""
    return [
        [
            said(unescape(re.sub(r"<[^>]*>", "", cell)))
            for cell in re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL)
        ]
        for row in re.findall(r'<tr id="(?:ticket|own)-.*?>(.*?)</tr>', page, re.DOTALL)
    ]


@pytest.mark.parametrize("address", SUPERVISED)
async def test_a_list_of_the_supervisors_is_exported_as_its_page_shows_it(house: House, address: str) -> None:
    at = await house.place()
    crew = await house.crew(at)
    for story in (("register",), (*SIGNED, "urge"), (*SIGNED, "request-return")):
        crew.steps(*story)
    crew.operator.reads(f"/api/tickets/{crew.ticket}")
    path, _, query = address.partition("?")
    async with pages_of(house, await house.person("supervisor", at=at)) as pages:
        for _ in range(5):  # until no minute ends between the page and its workbook
            page = pages.gets(address).text
            sheet = opened(pages.gets(f"{path}.xlsx?{query}").content)
            if rows_of(pages.gets(address).text) == rows_of(page):
                break
    shown = re.findall(r'<th scope="col">([^<]+)</th>', page)
    columns = [head for head in shown if head not in ("序号", "打印", "去处理")]
    assert heads(sheet) == ["序号", *columns]
    tick = shown.index("编号") + ('class="tick"' in page)
    rows = [row[tick : tick + len(columns)] for row in rows_of(page)]
    cells = [[said(str(cell or "")) for cell in row] for row in sheet.iter_rows(min_row=3, values_only=True)]
    assert len(cells) >= len(rows) >= 1
    assert [row[1:] for row in cells[: len(rows)]] == rows


async def test_a_unit_exports_what_it_sees_and_no_more(house: House, crew: Crew) -> None:
    word = mark()
    crew.step("register", title=f"样例:{word}")
    crew.steps("assign")
    fire = await house.person("unit", "fire")
    for unit, rows in ((crew.water, 1), (fire.met(crew.water), 0)):
        unit.reads("/api/search", q=word)
        async with pages_of(house, unit) as pages:
            assert len(column(opened(pages.gets("/search.xlsx", q=word).content), "编号")) == rows
            assert pages.gets("/inbox.xlsx").status_code == 200
            assert pages.gets("/queues/review.xlsx").status_code == 403


def test_nothing_sealed_is_exported(crew: Crew, operator: Pages) -> None:
    word, secret, phone = mark(), mark(), "13912345678"
    crew.step("register", title=f"样例:{word}电话{phone}", text=secret, citizen={"name": secret})
    crew.operator.reads(f"/api/tickets/{crew.ticket}")
    (row,) = opened(operator.gets("/search.xlsx", q=word).content).iter_rows(min_row=3, values_only=True)
    assert not {secret, phone} & {part for cell in row for part in (secret, phone) if part in str(cell)}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    book = Book("样例", "样例", ["标题"])
    book.add([[text]])
    cell = opened(book.file())["A3"]
    assert (cell.data_type, cell.number_format) == ("s", "@")
    assert str(cell.value).startswith("'")


def test_a_long_number_stays_as_it_is_and_what_cannot_be_written_breaks_nothing() -> None:
    book = Book("a[b]:c*?/\\'" * 9, "样例", ["编号", "标题"])
    book.add([["2026112201000417", "样例\x00\x0b\ud800 👷" + "长" * 40_000]])
    number, title = opened(book.file())[3]
    assert (number.value, number.data_type) == ("2026112201000417", "s")
    assert "👷" in str(title.value)


def test_an_empty_list_is_a_workbook_with_heads() -> None:
    sheet = opened(Book("样例", "样例", ["编号"]).file())
    assert (heads(sheet), sheet.max_row) == (["编号"], 2)


def test_a_list_that_is_too_long_is_refused_with_what_to_do() -> None:
    refuse_too_many(MOST)
    with pytest.raises(Problem, match="too_many_rows") as refused:
        refuse_too_many(MOST + 1)
    assert "缩小范围" in refused.value.zh


async def test_who_exported_what_is_told_to_supervisors_without_what_was_searched_for(
    house: House, crew: Crew, operator: Pages
) -> None:
    word = mark()
    operator.gets("/tickets.xlsx", stage="redo", demand="praise")
    operator.gets("/search.xlsx", q=word)
    supervisor, stranger = await house.person("supervisor"), await house.person("auditor", at="elsewhere")
    taken = [
        (one["kind"], one["list"], one["filters"])
        for one in supervisor.reads("/api/exports")["exports"]
        if one["person"] == operator.name
    ]
    asked = {"stage": "redo", "demand": "praise"}
    assert taken[:2] == [("xlsx", "/search", {}), ("xlsx", "/tickets", asked)]
    assert stranger.reads("/api/exports")["exports"] == []
    assert crew.operator.asks("/api/exports").status_code == 403


@pytest.mark.parametrize("address", ["/figures", "/figures?by=channels", "/ledger"])
async def test_a_table_of_numbers_is_exported_as_its_page_shows_it(
    house: House, crew: Crew, address: str
) -> None:
    crew.steps(*SIGNED, "contact", "answer")
    path, _, query = address.partition("?")
    async with pages_of(house, await house.person("supervisor")) as pages:
        page = pages.gets(address).text
        sheet = opened(pages.gets(f"{path}.xlsx?{query}").content)
    rows = re.findall(r"<tr[^>]*>\s*<th scope=\"row\">(.*?)</tr>", page, re.DOTALL)
    told = [
        [
            re.sub(r"[\s,]", "", unescape(re.sub(r"<[^>]*>", "", cell)))
            for cell in re.split(r"</t[hd]>", row)[:-1]
        ]
        for row in rows
    ]
    cells = [
        [re.sub(r"\s", "", str(cell)) for cell in row] for row in sheet.iter_rows(min_row=3, values_only=True)
    ]
    if path == "/figures":
        rates, counts = told[: len(told) // 2], told[len(told) // 2 :]
        told = [rate + count[1:] for rate, count in zip(rates, counts, strict=True)]
    assert cells == told != []
