"""Paper: the forms in the grid of GB/T 9704, one page each, without what only a screen needs; and lists on paper."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from unicodedata import normalize

import pytest
import pytest_asyncio
from msgspec import convert
from playwright.async_api import Browser, Page
from pypdf import PdfReader

from shared.ticket import commands as c
from shared.ticket.commands import Command
from shared.ticket.words import Actor
from tests.sample import SAMPLE
from tests.services.console.browser.visiting import Visit, with_password
from tests.services.console.people import Crew, House, Person, tell

pytestmark = pytest.mark.asyncio(loop_scope="module")

TITLE = "样例:" + "阳光花园十二号楼前路灯不亮并且" * 13
CLOCKS = {"citizen": "5wd", "sign": "2wh", "contact": "1wd", "answer": "3wd"}
LINES, LETTERS = 22, 28
MOST_PAGES = {"assignment": 1, "urge-notice": 2, "supervision-slip": 1}
"""An order has one page however much there is to say; a notice about all four clocks runs on to a second."""

ROW_MORE = "() => { const row = document.querySelector('tbody tr'); row.after(row.cloneNode(true)); }"
ROW_LESS = "() => document.querySelector('tbody tr').remove()"
LOWER = "() => document.querySelector('h1').before(document.createElement('hr'))"


async def set_clocks(house: House, crew: Crew, hours: int) -> None:
    """Give the crew's ticket every clock of an order, due in so many hours."""
    now = datetime.now(UTC)
    assigned = crew.operator.reads(f"/api/tickets/{crew.ticket}")["assigned_at"]
    clocks: list[dict[str, object]] = [
        {
            "clock": clock,
            "round": 1,
            "start": assigned,
            "due": now + timedelta(hours=hours),
            "term": term,
            "warn_at": None,
            "provisional": False,
            "trace": [],
            "policies": {"sample/terms": 1, "cn/calendar": 12},
        }
        for clock, term in CLOCKS.items()
    ]
    body = convert({"deadlines": clocks}, c.SetDeadlines)
    command = Command(f"paper-{crew.ticket}", crew.ticket, SAMPLE, Actor("sla", "service"), "sla", now, body)
    await tell(house.settings, command)


async def print_of(page: Page) -> list[str]:
    """The text of each page of paper; a font may tell a character as the radical that looks the same."""
    file = await page.pdf(prefer_css_page_size=True)
    return [normalize("NFKC", page.extract_text()) for page in PdfReader(BytesIO(file)).pages]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def supervisor(house: House) -> Person:
    return await house.person("supervisor")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def late(house: House, supervisor: Person) -> Crew:
    """An assigned ticket with a long title, whose clocks are over."""
    crew = Crew(
        await house.person("operator"),
        await house.person("unit", "water"),
        await house.person("unit", "road"),
    )
    crew.step("register", title=TITLE, citizen={"name": "样例甲", "phone": "13912345678"})
    crew.steps("assign")
    await set_clocks(house, crew, -3)
    for _ in range(200):
        if len(crew.operator.reads(f"/api/tickets/{crew.ticket}/deadlines")["deadlines"]) == len(CLOCKS):
            break
    return crew


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def inside(chromium: Browser, house: House, supervisor: Person) -> AsyncIterator[Visit]:
    visit = await Visit.begin(chromium, house.address)
    await visit.page.goto("/")
    await visit.log_in(await with_password(house, supervisor))
    yield visit
    await visit.end()


async def test_the_grid_has_22_lines_of_28_characters_a_page(inside: Visit, late: Crew) -> None:
    await inside.page.goto(f"/tickets/{late.ticket}/print/urge-notice")
    await inside.page.evaluate(
        """letters => { const sheet = document.querySelector(".sheet"); sheet.replaceChildren();
        const p = sheet.appendChild(document.createElement("p"));
        p.className = "to"; p.textContent = "文".repeat(letters) }""",
        2 * LINES * LETTERS,
    )
    pages = await print_of(inside.page)
    lines = [[line for line in text.splitlines() if "文" in line] for text in pages]
    assert [len(some) for some in lines] == [LINES, LINES]
    assert {line.count("文") for some in lines for line in some} == {LETTERS}


@pytest.mark.parametrize("form", MOST_PAGES)
async def test_a_form_is_short_with_all_it_must_say_and_nothing_sealed(
    inside: Visit, late: Crew, form: str
) -> None:
    await inside.page.goto(f"/tickets/{late.ticket}/print/{form}")
    assert await inside.violations() == []
    assert not await inside.scrolls_sideways()
    pages = await print_of(inside.page)
    assert len(pages) <= MOST_PAGES[form]
    said = "".join("".join(pages).split())
    number = late.operator.reads(f"/api/tickets/{late.ticket}")["number"]
    for part in (number, "样例供水", "5个工作日", "时限规则第1版", "全国日历第12版", "—1—"):
        assert part in said, part
    for part in ("样例甲", "13912345678", "返回工单", "话务员", "退出"):
        assert part not in said, part


async def test_a_form_leads_back_to_its_ticket(inside: Visit, late: Crew) -> None:
    await inside.page.goto(f"/tickets/{late.ticket}")
    await inside.page.get_by_role("link", name="交办单").click()
    assert await inside.page.locator("svg.qr path").count() == 1
    await inside.page.evaluate("window.print = () => document.body.dataset.printed = 'yes'")
    await inside.page.get_by_role("button", name="打印").click()
    assert await inside.page.evaluate("document.body.dataset.printed") == "yes"
    await inside.page.get_by_role("link", name="返回工单").click()
    assert inside.page.url.endswith(f"/tickets/{late.ticket}")


async def test_a_list_on_paper_has_its_heads_on_every_page_and_no_navigation(
    inside: Visit, late: Crew
) -> None:
    for _ in range(24):
        late.step("register", title="样例:上纸的清单")
    for _ in range(50):
        await inside.page.goto("/tickets?stage=registered")
        if await inside.page.locator("tbody tr").count() >= 24:
            break
    pages = await print_of(inside.page)
    assert len(pages) > 1
    assert [text for text in pages if "最后动态" not in text] == []
    assert "环节:已登记" in pages[0]
    for part in ("退出所有设备", "导出", "更多条件"):
        assert part not in "".join(pages), part


async def test_a_list_that_just_fills_its_page_has_no_empty_one_behind(inside: Visit, late: Crew) -> None:
    """Its rows fill the page when one more rule above them needs a second page."""
    await inside.page.goto("/tickets")
    while len(await print_of(inside.page)) == 1:
        await inside.page.evaluate(ROW_MORE)
    while len(pages := await print_of(inside.page)) > 1:
        assert "最后动态" in pages[-1]
        await inside.page.evaluate(ROW_LESS)
    while len(pages := await print_of(inside.page)) == 1:
        await inside.page.evaluate(LOWER)
    assert "最后动态" in pages[-1]


async def test_a_page_is_ticked_with_one_box_and_the_bar_counts(inside: Visit, late: Crew) -> None:
    await inside.page.goto("/tickets")
    rows = await inside.page.locator("tbody tr").count()
    await inside.page.get_by_label(f"选中本页 {rows} 件").check()
    chosen = inside.page.locator("output[data-chosen]")
    assert await chosen.inner_text() == f"已选 {rows} 件"
    await inside.page.locator("[data-select]").first.uncheck()
    assert await chosen.inner_text() == f"已选 {rows - 1} 件"
    await inside.page.get_by_role("button", name="催办所选").click()
    await inside.page.get_by_role("heading", name=f"催办 {rows - 1} 件").wait_for()
    assert await inside.violations() == []


async def test_a_list_is_saved_as_a_view_that_every_list_leads_to(inside: Visit, late: Crew) -> None:
    await inside.page.goto("/search?q=样例")
    assert await inside.violations() == []
    await inside.page.get_by_text("保存为视图").click()
    await inside.page.get_by_label("名称").fill("样例:全部样例")
    await inside.page.get_by_role("button", name="保存", exact=True).click()
    await inside.page.locator(".views a", has_text="样例:全部样例").click()
    assert "/search?q=" in inside.page.url
    await inside.page.goto("/views")
    assert await inside.violations() == []
    assert not await inside.scrolls_sideways()


async def test_lists_fit_a_phone(inside: Visit, late: Crew) -> None:
    await inside.page.set_viewport_size({"width": 390, "height": 800})
    for address in ("/tickets", "/search?q=样例", "/search", "/views"):
        await inside.page.goto(address)
        assert not await inside.scrolls_sideways(), address
    await inside.page.set_viewport_size({"width": 1366, "height": 768})
