"""Every screen as people see it: readable by all, wide enough, by keyboard alone, and true to its lists."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from msgspec import convert
from playwright.async_api import Browser

from shared.ticket import commands as c
from shared.ticket.commands import Command
from shared.ticket.words import Actor
from tests.sample import SAMPLE
from tests.services.console.browser.conftest import Visitor
from tests.services.console.browser.visiting import Visit, with_password
from tests.services.console.people import ANSWERED, SIGNED, SURVEYING, Crew, House, tell

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATIENCE = 30_000
"""Milliseconds to wait for what must come."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def busy(house: House) -> Crew:
    """A crew with a ticket at each of several stages; the crew's own has its citizen's clock."""
    operator, road = await house.person("operator"), await house.person("unit", "road")
    crew = Crew(operator, await house.person("unit", "water"), road)
    for story in (("register",), SIGNED, ANSWERED, SURVEYING):
        crew.steps(*story)
    now = datetime.now(UTC)
    clock = {
        "clock": "citizen",
        "round": 1,
        "start": now,
        "due": now + timedelta(days=9),
        "term": "5wd",
        "warn_at": None,
        "provisional": False,
        "trace": [[now.date(), False, "首日不计"]],
        "policies": {"sample/terms": 1},
    }
    body = convert({"deadlines": [clock]}, c.SetDeadlines)
    actor = Actor("sla", "service")
    await tell(house.settings, Command("browser-sla", crew.ticket, SAMPLE, actor, "sla", now, body))
    return crew


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def inside(chromium: Browser, house: House, busy: Crew) -> AsyncIterator[Visit]:
    """An operator who is logged in."""
    visit = await Visit.begin(chromium, house.address)
    await visit.page.goto("/")
    await visit.log_in(await with_password(house, busy.operator))
    yield visit
    await visit.end()


SCREENS = [
    "/",
    "/tickets",
    "/tickets?stage=closed&demand=praise",
    "/queues/survey",
    "/queues/undelivered",
    "/tickets/{ticket}",
    "/styleguide",
    "/tickets/nobody-knows",
    "/inbox",
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("screen", SCREENS)
async def test_a_screen_is_readable_by_all_and_as_wide_as_an_office_window(
    inside: Visit, busy: Crew, screen: str, language: str
) -> None:
    await inside.page.goto(f"/language/{language}")
    await inside.page.goto(screen.format(ticket=busy.ticket))
    await inside.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert await inside.violations() == []
    assert not await inside.scrolls_sideways()


async def test_the_login_page_is_readable_by_all(visitor: Visitor) -> None:
    visit = await visitor()
    await visit.page.goto("/login")
    assert await visit.violations() == []
    await visit.log_in("nobody", "wrong password")
    assert await visit.violations() == []


async def test_every_number_of_the_first_page_is_the_length_of_its_list(inside: Visit) -> None:
    await inside.page.goto("/language/zh")
    figures = inside.page.locator(".figure a")
    addresses = [await one.get_attribute("href") for one in await figures.all()]
    assert len(addresses) == 6
    for address in addresses:
        await inside.page.goto("/")
        number = int(await inside.page.locator(f'.figure a[href="{address}"] .number').inner_text())
        await inside.page.goto(address or "")
        assert await inside.page.locator("tbody tr").count() == number, address


async def test_a_queues_next_page_goes_on_where_the_one_before_ended(inside: Visit, busy: Crew) -> None:
    others = Crew(busy.operator, busy.water, busy.road)
    for _ in range(2):
        others.steps(*ANSWERED)
    numbers = inside.page.locator("tbody .number")
    await inside.page.goto(f"/queues/review?token={busy.operator.seen['View-Token']}")
    whole = await numbers.all_inner_texts()
    await inside.page.goto("/queues/review?start=1")
    assert await numbers.all_inner_texts() == whole[1:]
    assert f"本页第 2 至 {len(whole)} 件" in await inside.page.locator("main").inner_text()
    await inside.page.get_by_role("link", name="回到第一页").click()
    assert await numbers.all_inner_texts() == whole


async def test_a_filter_stands_in_the_address_and_the_list_obeys_it(inside: Visit) -> None:
    await inside.page.goto("/tickets")
    await inside.page.get_by_label("环节").select_option("signed")
    await inside.page.get_by_role("button", name="筛选").click()
    await inside.page.wait_for_url("**/tickets?*stage=signed*")
    stages = inside.page.locator("tbody tr td.stage")
    assert set(await stages.all_inner_texts()) == {"已签收"}
    await inside.page.reload()
    assert set(await stages.all_inner_texts()) == {"已签收"}


async def test_a_deadline_opens_its_days(inside: Visit, busy: Crew) -> None:
    trace = inside.page.locator("#clocks summary")
    for _ in range(20):
        await inside.page.goto(f"/tickets/{busy.ticket}")
        if await trace.count():
            break
    await trace.click()
    assert "首日不计" in await inside.page.locator("#clocks li").inner_text()
    await inside.page.goto("/tickets")
    await inside.page.locator(f"#ticket-{busy.ticket} td.citizen_clock a").click()
    await inside.page.get_by_text("首日不计").wait_for()
    await trace.click()
    await inside.page.locator(".clock-strip a").first.click()
    await inside.page.get_by_text("首日不计").wait_for()


async def test_the_focus_is_always_seen(inside: Visit) -> None:
    await inside.page.goto("/tickets")
    await inside.page.keyboard.press("Tab")
    seen = []
    for _ in range(12):
        outline = await inside.page.evaluate(
            "(s => s.outlineStyle + ' ' + s.outlineWidth)(getComputedStyle(document.activeElement))"
        )
        seen.append(outline)
        await inside.page.keyboard.press("Tab")
    assert set(seen) == {"solid 3px"}


async def test_the_pages_work_without_scripts(house: House, visitor: Visitor, busy: Crew) -> None:
    name = await with_password(house, await house.person("operator"))
    visit = await visitor(java_script_enabled=False)
    await visit.page.goto("/tickets")
    await visit.log_in(name)
    await visit.page.get_by_label("环节").select_option("answered")
    await visit.page.get_by_role("button", name="筛选").click()
    await visit.page.wait_for_url("**/tickets?*stage=answered*")
    await visit.page.locator("tbody tr").first.wait_for()


async def test_a_refused_supplement_keeps_what_was_typed(inside: Visit, busy: Crew) -> None:
    text = "样例:到此为止"
    await inside.page.goto(f"/tickets/{busy.ticket}")
    await inside.page.get_by_text("补充更正", exact=True).first.click()
    await inside.page.get_by_label("补充内容").fill(text)
    busy.steps("survey")
    await inside.page.get_by_role("button", name="补充更正").click()
    await inside.page.locator(".refusal").wait_for(timeout=PATIENCE)
    assert text in await inside.page.content()


async def test_another_units_ticket_is_not_known(house: House, visitor: Visitor, busy: Crew) -> None:
    name = await with_password(house, await house.person("unit", "fire"))
    visit = await visitor()
    await visit.page.goto(f"/tickets/{busy.ticket}")
    await visit.log_in(name)
    assert "unknown_ticket" in await visit.page.locator("main").inner_text()
    answer = await visit.page.goto("/queues/triage")
    assert answer
    assert answer.status == 403


async def test_every_page_forbids_what_it_does_not_need(inside: Visit) -> None:
    answer = await inside.page.goto("/")
    assert answer
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; frame-ancestors 'none'; form-action 'self'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    await inside.page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), {text: 'var sneaked = 1'}))"
    )
    assert await inside.page.evaluate("typeof sneaked") == "undefined"
    assert inside.wrong
    inside.wrong.clear()


async def test_the_bar_on_top_is_one_line_for_every_role_in_both_languages(
    house: House, visitor: Visitor
) -> None:
    for role in ("operator", "unit", "supervisor", "auditor"):
        visit = await visitor()
        await visit.page.goto("/")
        person = await house.person(role, "water" if role == "unit" else None)
        await visit.log_in(await with_password(house, person))
        for language in ("zh", "en"):
            await visit.page.goto(f"/language/{language}")
            tops = await visit.page.evaluate(
                "[...document.querySelectorAll('.top nav a')].map(one => one.getBoundingClientRect().top)"
            )
            height = await visit.page.locator(".top").evaluate("one => one.offsetHeight")
            assert len(set(tops)) == 1, (role, language)
            assert height < 64, (role, language)
