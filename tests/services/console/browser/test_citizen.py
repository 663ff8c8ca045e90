"""The citizen's page in a real browser: for everyone, on a small screen, in large letters, without scripts."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.services.console.browser.conftest import Visitor
from tests.services.console.browser.visiting import Visit
from tests.services.console.citizens import code_of, number_of, promised, through_everything
from tests.services.console.people import CLOSED, SIGNED, SURVEYING, Crew, House

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHONE = {"width": 320, "height": 640}
SMALLEST = 44
"""Pixels of what a finger must hit."""
STORIES: dict[str, tuple[str, ...]] = {
    "registered": ("register",),
    "declined": ("register", "decline"),
    "return requested": (*SIGNED, "request-return"),
    "second round": (*SURVEYING, "redo"),
    "closed": CLOSED,
    "disputed": (*CLOSED, "dispute"),
}
Held = tuple[str, str]
"""Number and code."""

TARGETS = """
() => [...document.querySelectorAll("a, button, summary, textarea, input:not([type=hidden])")]
    .filter(one => !one.classList.contains("skip") && one.offsetParent !== null)
    .map(one => /radio|checkbox/.test(one.type) ? one.closest("label") || one.labels[0] : one)
    .filter(one => { const box = one.getBoundingClientRect(); return box.height < SMALLEST || box.width < SMALLEST })
    .map(one => one.outerHTML.slice(0, 100))
""".replace("SMALLEST", str(SMALLEST))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def held(house: House) -> dict[str, Held]:
    """What a citizen holds of a ticket at each of several stages."""
    operator, road = await house.person("operator"), await house.person("unit", "road")
    crew = Crew(operator, await house.person("unit", "water"), road)
    found: dict[str, Held] = {}
    for name, story in STORIES.items():
        crew.steps(*story)
        found[name] = number_of(crew), await code_of(house, crew.ticket)
    through_everything(crew)
    await promised(house, crew, date(2026, 12, 1), date(2026, 12, 3))
    return found | {"to be rated": (number_of(crew), await code_of(house, crew.ticket))}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def phone(chromium: Browser, house: House) -> AsyncIterator[Visit]:
    """A citizen's, as narrow as they come."""
    visit = await Visit.begin(chromium, house.address, viewport=PHONE)
    yield visit
    await visit.end()


async def enters(visit: Visit, held: Held) -> None:
    await visit.page.context.clear_cookies()
    await visit.page.goto("/t")
    await visit.page.get_by_label("工单编号").fill(held[0])
    await visit.page.get_by_label("查询码").fill(held[1])
    await visit.page.get_by_role("button", name="查询").click()


async def is_for_everyone(visit: Visit) -> None:
    """In both languages and sizes: no rule of WCAG broken, nothing beside the screen, all in reach of a finger."""
    for size in ("standard", "large"):
        for language in ("zh", "en"):
            at = visit.page.url.partition("/t")[2]
            await visit.page.goto(f"/t/size/{size}?at=/t{at}")
            await visit.page.goto(f"/language/{language}?next=/t{at}")
            await visit.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            await visit.page.evaluate("document.querySelectorAll('.low').forEach(one => one.checked = true)")
            assert await visit.violations() == []
            assert not await visit.scrolls_sideways()
            assert await visit.page.evaluate(TARGETS) == []


async def test_the_entrance_is_for_everyone(phone: Visit) -> None:
    await phone.page.goto("/t")
    await is_for_everyone(phone)
    await enters(phone, ("2099", "0"))
    await phone.page.get_by_role("alert").wait_for()
    assert await phone.violations() == []
    assert not await phone.scrolls_sideways()


@pytest.mark.parametrize("stage", [*STORIES, "to be rated"])
async def test_the_progress_is_for_everyone(phone: Visit, held: dict[str, Held], stage: str) -> None:
    await enters(phone, held[stage])
    await phone.page.get_by_role("heading", name=f"工单 {held[stage][0]}").wait_for()
    await is_for_everyone(phone)


async def test_a_citizen_without_scripts_reads_rates_and_prints(
    visitor: Visitor, held: dict[str, Held]
) -> None:
    visit = await visitor(java_script_enabled=False, viewport=PHONE)
    page = visit.page
    await enters(visit, held["to be rated"])
    await page.get_by_text("这个日期是怎么算的").click()
    assert await page.get_by_text("国庆节").is_visible()
    reason = page.get_by_label("说已解决,其实没有")
    assert not await reason.is_visible()
    await page.get_by_label("部分解决").check()
    await page.get_by_label("不满意", exact=True).check()
    assert await page.get_by_text("提交后将开始第 2 轮办理").is_visible()
    await page.get_by_role("button", name="提交评价").click()
    assert await page.get_by_role("alert").inner_text() != ""
    await reason.check()
    await page.get_by_label("还想说的话").fill("样例:又停水了")
    await page.get_by_role("button", name="提交评价").dblclick()
    await page.get_by_text("已收到。回执见下。").wait_for()
    assert "第 2 轮办理已开始" in await page.locator("main").inner_text()
    await page.emulate_media(media="print")
    assert not await page.get_by_role("button").first.is_visible()
    assert await page.get_by_text("部分解决 · 说已解决,其实没有").is_visible()


async def test_a_citizen_disputes_by_keyboard_alone(visitor: Visitor, held: dict[str, Held]) -> None:
    visit = await visitor(java_script_enabled=False)
    await visit.page.goto("/t")
    keys = visit.page.keyboard
    for key in ("Tab", "Tab", "Tab", "Tab"):
        await keys.press(key)
    await keys.type(held["closed"][0])
    await keys.press("Tab")
    await keys.type(held["closed"][1])
    await keys.press("Enter")
    await visit.page.get_by_text("不认可办结").wait_for()
    await visit.page.get_by_label("为什么不认可").focus()
    await keys.type("样例:又坏了")
    await keys.press("Tab")
    outline = await visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    await keys.press("Enter")
    await visit.page.get_by_text("您的申诉已收到").wait_for()
    await visit.page.go_back()
    assert await visit.page.get_by_text("您的申诉已收到").is_visible()
    assert await visit.page.locator("textarea").count() == 0
