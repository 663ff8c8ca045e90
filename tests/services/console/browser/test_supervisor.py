"""The supervisor's screens and the wall in a real browser: readable by all, and honest once no data comes."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, ViewportSize

from shared.ticket import commands as c
from shared.ticket.commands import Command
from shared.ticket.words import Actor, Counted, Proposed
from tests.services.console.browser.conftest import Visitor
from tests.services.console.browser.visiting import Visit, with_password
from tests.services.console.people import CLOSED, SIGNED, House, tell

pytestmark = pytest.mark.asyncio(loop_scope="module")
WALL: ViewportSize = {"width": 1920, "height": 1080}
SCREENS = [
    "/figures?from=2025-01-01",
    "/figures/on_time_rate/excluded?from=2025-01-01",
    "/risks?group=missed",
    "/risks?group=soon",
    "/supervision?rung=ordered",
    "/circulating",
    "/ledger",
    "/ledger/open?month=2026-01",
    "/wall/open",
    "/time",
    "/time/tickets?holder=hotline&cause=all",
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at(house: House) -> str:
    """A jurisdiction of its own."""
    return await house.place()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chief(chromium: Browser, house: House, at: str) -> AsyncIterator[Visit]:
    """A supervisor who is logged in, of a place with two tickets due in an hour; one waits for a ruling."""
    crew = await house.crew(at)
    now, sla = datetime.now(UTC), Actor("sla", "service")
    for story in ((*SIGNED, "urge"), (*SIGNED, "request-return")):
        ticket = crew.steps(*story).ticket
        trace = [Counted(now.date(), counted=True, because="样例")]
        soon = Proposed(
            "citizen", 1, now, now + timedelta(hours=1), "1h", None, False, trace, {"sample/terms": 1}
        )
        body = c.SetDeadlines([soon])
        await tell(house.settings, Command(f"soon-{ticket}", ticket, at, sla, "sla", now, body))
    crew.steps(*CLOSED)
    visit = await Visit.begin(chromium, house.address)
    await visit.page.goto("/")
    await visit.log_in(await with_password(house, await house.person("supervisor", at=at)))
    yield visit
    await visit.end()


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_screen_is_readable_by_all_and_as_wide_as_an_office_window(
    chief: Visit, language: str
) -> None:
    await chief.page.goto(f"/language/{language}")
    for screen in SCREENS:
        await chief.page.goto(screen)
        await chief.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert await chief.violations() == [], screen
        assert not await chief.scrolls_sideways(), screen


async def test_a_unit_reads_its_own_results_on_a_phone(
    at: str, chief: Visit, house: House, visitor: Visitor
) -> None:
    visit = await visitor(viewport={"width": 390, "height": 844})
    await visit.page.goto("/figures?from=2025-01-01")
    await visit.log_in(await with_password(house, await house.person("unit", "water", at=at)))
    assert "本单位成绩" in await visit.page.locator("h1").inner_text()
    assert await visit.violations() == []
    assert not await visit.scrolls_sideways()


async def test_all_of_a_page_can_be_ticked_and_urged_with_the_keyboard_alone(chief: Visit) -> None:
    page = chief.page
    await page.goto("/language/zh")
    await page.goto("/risks?group=soon")
    await page.locator("[data-tick-all] input").press("Space")
    assert await page.locator("td.tick input:checked").count() == 2
    await page.get_by_role("button", name="催办所选").press("Enter")
    await page.get_by_label("原因").select_option("near_due")
    await page.get_by_role("button", name="催办这 2 件").press("Enter")
    outcomes = page.locator(".outcomes")
    await outcomes.wait_for()
    assert "2 件中 1 件已办成" in await outcomes.inner_text()
    assert "退单待裁定" in await outcomes.inner_text()
    assert await chief.violations() == []
    await page.goto("/risks?group=soon")
    await page.locator("[data-tick-all] input").press("Space")
    await page.get_by_role("button", name="催办所选").press("Enter")
    await page.get_by_role("button", name="催办这 2 件").press("Enter")
    assert await page.evaluate("document.querySelector('form.panel :invalid') !== null")


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_wall_fits_its_screen_and_is_read_from_afar(chief: Visit, language: str) -> None:
    await chief.page.set_viewport_size(WALL)
    await chief.page.goto(f"/language/{language}")
    await chief.page.goto("/wall")
    assert await chief.violations() == []
    size = await chief.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert size == [1920, 1080]
    sizes = await chief.page.evaluate(
        "[...document.querySelectorAll('#wall *')].filter(one => [...one.childNodes]"
        ".some(text => text.nodeType === 3 && text.data.trim()))"
        ".map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 24
    heads = await chief.page.evaluate(
        "[...document.querySelectorAll('.tiles .number')].map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert len(heads) == 4
    assert min(heads) >= 64
    cut = await chief.page.evaluate(
        "[...document.querySelectorAll('.tile')].filter(one => one.scrollHeight > one.clientHeight).length"
    )
    assert cut == 0
    await chief.page.set_viewport_size({"width": 1366, "height": 768})


async def test_the_wall_greys_and_says_since_when_once_no_data_comes(chief: Visit) -> None:
    page = chief.page
    await page.goto("/language/zh")
    await page.clock.install()
    await page.goto("/wall")
    assert "数据截至" in await page.locator("#wall-since").inner_text()
    await page.route("**/wall/board", lambda route: route.fulfill(status=503))
    await page.clock.run_for(20_000)
    await page.locator("#wall.stale").wait_for()
    assert "起没有新数据" in await page.locator("#wall-since").inner_text()
    assert await chief.violations() == []
    await page.unroute("**/wall/board")
    await page.clock.run_for(6_000)
    await page.locator("#wall:not(.stale)").wait_for()

    async def old(route: Route) -> None:
        answer = await route.fetch()
        text = (await answer.text()).replace('data-age="', 'data-age="60')
        await route.fulfill(response=answer, body=text)

    await page.route("**/wall/board", old)
    await page.clock.run_for(6_000)
    await page.locator("#wall.stale").wait_for()
    await page.unroute("**/wall/board")
