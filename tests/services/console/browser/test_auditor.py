"""The auditor's screens in a real browser: readable by all, wide enough, by keyboard and without scripts."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.services.console.browser.conftest import Visitor
from tests.services.console.browser.visiting import Visit, with_password
from tests.services.console.people import ANSWERED, Crew, House

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCREENS = [
    "{past}",
    "{past}?at=2001-01-01T00:00",
    "{entry}",
    "/entries/0/999999999",
    "/chain",
    "/looks",
    "/looks?person=nobody",
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def story(house: House) -> Crew:
    """A ticket with a past."""
    crew = Crew(
        await house.person("operator"),
        await house.person("unit", "water"),
        await house.person("unit", "road"),
    )
    crew.steps(*ANSWERED)
    crew.operator.does(crew.ticket, "look", fields=["text", "reply"], purpose="inquiry")
    crew.road.does(crew.ticket, "look", fields=["citizen"], purpose="audit")
    (await house.person("unit", "fire")).asks(f"/api/tickets/{crew.ticket}")
    return crew


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def inside(chromium: Browser, house: House, story: Crew) -> AsyncIterator[Visit]:
    """An auditor who is logged in."""
    visit = await Visit.begin(chromium, house.address)
    await visit.page.goto("/")
    await visit.log_in(await with_password(house, await house.person("auditor")))
    yield visit
    await visit.end()


def entry_of(story: Crew) -> str:
    """The address of the ticket's last entry."""
    line = story.operator.reads(f"/api/tickets/{story.ticket}/timeline")["lines"][-1]
    return f"/entries/{line['partition']}/{line['source']}"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("screen", SCREENS)
async def test_a_screen_is_readable_by_all_and_as_wide_as_an_office_window(
    inside: Visit, story: Crew, screen: str, language: str
) -> None:
    await inside.page.goto(f"/language/{language}")
    address = screen.format(past=f"/tickets/{story.ticket}/as-of", entry=entry_of(story))
    answer = await inside.page.goto(address)
    assert answer
    assert answer.status == (404 if "999999999" in address else 200)
    await inside.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert await inside.violations() == []
    assert not await inside.scrolls_sideways()


async def test_the_keys_and_the_slider_go_back_and_forth_in_time(inside: Visit, story: Crew) -> None:
    await inside.page.goto("/language/zh")
    await inside.page.goto(f"/tickets/{story.ticket}/as-of")
    now = inside.page.locator(".as-of-now")
    total = await inside.page.locator("#as-of-slider").get_attribute("max")
    await inside.page.keyboard.press("[")
    await now.get_by_text(f"第 {total}/").wait_for()
    assert "?asof=" in inside.page.url
    await inside.page.keyboard.press("]")
    await now.get_by_text(f"第 {int(total or 0) + 1}/").wait_for()
    await inside.page.locator("#as-of-slider").focus()
    await inside.page.keyboard.press("Home")
    await now.get_by_text("第 1/").wait_for()
    await inside.page.keyboard.press("ArrowRight")
    await now.get_by_text("第 2/").wait_for()
    assert await inside.page.evaluate("document.activeElement.id") == "as-of-slider"
    address = inside.page.url
    await inside.page.reload()
    await now.get_by_text("第 2/").wait_for()
    assert inside.page.url == address


async def test_the_keys_go_from_entry_to_entry_and_each_is_worked_out_here(
    inside: Visit, story: Crew
) -> None:
    address = entry_of(story)
    partition, source = address.split("/")[2:]
    await inside.page.goto(address)
    for key, at in (("[", int(source) - 1), ("]", int(source))):
        await inside.page.keyboard.press(key)
        await inside.page.wait_for_url(re.compile(rf"/entries/{partition}/{at}\?offset=\d+$"))
        await expect(inside.page.locator("#by-browser [data-verdict=same]")).to_be_visible()
        assert f"{partition}:{at}" in await inside.page.title()


async def test_the_past_is_read_without_scripts(house: House, visitor: Visitor, story: Crew) -> None:
    name = await with_password(house, await house.person("auditor"))
    visit = await visitor(java_script_enabled=False)
    await visit.page.goto(f"/tickets/{story.ticket}/as-of")
    await visit.log_in(name)
    await visit.page.get_by_role("link", name="上一条").click()
    assert "此后" in await visit.page.locator("#since").inner_text()


async def test_the_browser_works_the_hash_out_itself_and_without_the_means_says_that_it_is_unknown(
    house: House, visitor: Visitor, story: Crew
) -> None:
    name = await with_password(house, await house.person("auditor"))
    for means, word in (
        (None, "一致"),
        ("undefined", "未核"),
        ("{digest: async () => new ArrayBuffer(32)}", "不一致"),
    ):
        visit = await visitor()
        if means:
            await visit.page.add_init_script(f"Object.defineProperty(crypto, 'subtle', {{value: {means}}})")
        await visit.page.goto(entry_of(story))
        await visit.log_in(name)
        shown = visit.page.locator("#by-browser [data-verdict]:not([hidden])")
        await shown.filter(has_text=word).wait_for()
        assert (await shown.inner_text()).split()[-1] == word
        because = visit.page.locator("[data-because]")
        assert await because.is_visible() == (word == "未核")
