"""What happens elsewhere shows on pages that are open, and what is typed outlives its tab."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from services.console.live.hub import BEAT
from tests.running.services import Running
from tests.services.console.browser.conftest import Visitor
from tests.services.console.browser.visiting import Visit, with_password
from tests.services.console.browsing import Browser
from tests.services.console.people import Crew, House, Person

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATIENCE = 20_000
"""Milliseconds to wait for what must come."""


@pytest_asyncio.fixture(loop_scope="module")
async def crew(house: House) -> AsyncIterator[Crew]:
    """A crew whose ticket is registered and seen."""
    operator, road = await house.person("operator"), await house.person("unit", "road")
    crew = Crew(operator, await house.person("unit", "water"), road).steps("register")
    operator.reads(f"/api/tickets/{crew.ticket}")
    yield crew


async def visits(house: House, visitor: Visitor, person: Person, address: str) -> Visit:
    """Somebody at a page whose stream is open."""
    visit = await visitor()
    await visit.page.goto(address)
    await visit.log_in(await with_password(house, person))
    await connected(visit.page)
    return visit


async def connected(page: Page) -> None:
    await expect(page.locator("#as-of")).to_contain_text("入账延迟", timeout=PATIENCE)


async def test_an_entry_changes_the_row_in_another_browser_and_the_focus_stays(
    house: House, visitor: Visitor, crew: Crew
) -> None:
    one = await visits(house, visitor, crew.operator, "/tickets")
    other = await visits(house, visitor, await house.person("operator"), f"/tickets/{crew.ticket}")
    row = one.page.locator(f"#ticket-{crew.ticket}")
    place = await row.locator("td.index").evaluate("one => getComputedStyle(one, '::before').content")
    await row.locator("td.number a").focus()
    form = other.page.locator("[data-action=assign]")
    await form.locator("summary").click()
    await form.locator("select[name=lead]").select_option("water")
    await form.locator("button").click()
    await other.page.locator(".notice.done").wait_for()
    await expect(row).to_contain_text("已派单", timeout=PATIENCE)
    assert await one.page.evaluate("document.activeElement.closest('tr').id") == f"ticket-{crew.ticket}"
    assert place == await row.locator("td.index").evaluate("one => getComputedStyle(one, '::before').content")
    assert await one.violations() == []


async def test_a_tickets_page_says_what_another_did_and_leaves_its_forms_alone(
    house: House, visitor: Visitor, crew: Crew
) -> None:
    other = await house.person("operator")
    visit = await visits(house, visitor, crew.operator, f"/tickets/{crew.ticket}")
    typed = visit.page.locator("[data-action=amend] textarea[name=text]")
    await visit.page.locator("[data-action=amend] summary").click()
    await typed.fill("样例:写到一半")
    other.met(crew.operator).does(crew.ticket, "amend", text="样例:他人补充")
    await expect(visit.page.locator("#news")).to_contain_text("补充", timeout=PATIENCE)
    await expect(visit.page.locator("#news")).to_contain_text(other.account.id)
    await expect(visit.page.locator("#timeline")).to_contain_text("补充", timeout=PATIENCE)
    other.does(crew.ticket, "assign", lead="water", assisting=[])
    await expect(visit.page.locator("#facts")).to_contain_text("样例供水", timeout=PATIENCE)
    assert await typed.input_value() == "样例:写到一半"
    assert await visit.violations() == []


async def test_whoever_types_is_seen_to_edit(house: House, visitor: Visitor, crew: Crew) -> None:
    other = await house.person("operator")
    address = f"/tickets/{crew.ticket}"
    one = await visits(house, visitor, crew.operator, address)
    two = await visits(house, visitor, other, address)
    company = one.page.locator("#company")
    await expect(company).to_contain_text(f"{other.account.id} 正在查看", timeout=PATIENCE)
    await two.page.locator("[data-action=amend] summary").click()
    await two.page.locator("[data-action=amend] textarea").type("样")
    await expect(company).to_contain_text(f"{other.account.id} 正在编辑", timeout=PATIENCE)
    assert await one.violations() == []


async def test_what_was_typed_outlives_its_tab(house: House, visitor: Visitor, crew: Crew) -> None:
    visit = await visits(house, visitor, crew.operator, f"/tickets/{crew.ticket}")
    form = visit.page.locator("[data-action=amend]")
    await form.locator("summary").click()
    await form.locator("textarea").type("样例:说到一半")
    await expect(form.locator("[data-draft-status]")).to_have_text(
        re.compile(r"草稿已保存 \d\d:\d\d:\d\d"), timeout=PATIENCE
    )
    await visit.page.context.close()
    again = await visits(house, visitor, crew.operator, f"/tickets/{crew.ticket}")
    assert await again.page.locator("[data-action=amend] textarea").input_value() == "样例:说到一半"
    await expect(again.page.locator("[data-action=amend]")).to_contain_text("已恢复")


async def test_a_queue_tells_of_new_tickets_and_rings_once_for_all_of_them(
    house: House, visitor: Visitor
) -> None:
    operator, road = await house.person("operator"), await house.person("unit", "road")
    crew = Crew(operator, road, road)
    visit = await visits(house, visitor, road, "/inbox")
    await visit.page.evaluate(
        "window.rung = []; document.addEventListener('huiyin:ring', one => window.rung.push(one.detail))"
    )
    for _ in range(5):
        crew.steps("register").step("assign", lead="road", assisting=[], handler=None)
    bar = visit.page.locator(".arrived")
    await expect(bar).to_contain_text("5 件新工单", timeout=PATIENCE)
    assert await visit.page.evaluate("window.rung") == ["new"]
    assert (await visit.page.title()).startswith("(5) ")
    assert await visit.violations() == []
    await bar.locator("a").click()
    await connected(visit.page)
    assert await visit.page.locator(f"#task-{crew.ticket}").count() == 1
    crew.step("request-return")
    crew.step("rule-on-return", upheld=True, to=None)
    await expect(visit.page.locator(f"#task-{crew.ticket}")).to_contain_text("已不在本页", timeout=PATIENCE)
    left = await visit.page.locator('.groups [aria-current="page"] .number').inner_text()
    await expect(visit.page.locator("#total")).to_contain_text(f"共 {left} 件")
    await visit.page.get_by_role("button", name="静音").click()
    await connected(visit.page)
    await visit.page.evaluate(
        "window.rung = []; document.addEventListener('huiyin:ring', one => window.rung.push(one.detail))"
    )
    crew.steps("register").step("assign", lead="road", assisting=[], handler=None)
    await expect(bar).to_contain_text("1 件新工单", timeout=PATIENCE)
    assert await visit.page.evaluate("window.rung") == []


async def test_a_supervisors_list_tells_what_came_and_which_rows_left(house: House, visitor: Visitor) -> None:
    at = await house.place()
    crew = (await house.crew(at)).steps("register", "assign")
    crew.operator.reads(f"/api/tickets/{crew.ticket}")
    visit = await visits(house, visitor, await house.person("supervisor", at=at), "/circulating")
    first = visit.page.locator(f"#own-{crew.ticket}")
    await expect(first).to_contain_text("已派单")
    crew.steps("request-return")
    await expect(first).to_contain_text("退单待裁定", timeout=PATIENCE)
    gone = crew.ticket
    crew.step("rule-on-return", upheld=False, to=None)
    crew.steps("sign", "contact", "answer")
    await expect(first).to_contain_text("已不在本页", timeout=PATIENCE)
    crew.steps("register", "assign")
    await expect(visit.page.locator(".arrived")).to_contain_text("件新工单", timeout=PATIENCE)
    assert await visit.violations() == []
    await visit.page.goto("/risks?group=passed_on")
    await connected(visit.page)
    number = visit.page.locator('.groups [aria-current="page"] .number')
    had = int(await number.inner_text())
    crew.steps("request-return")
    await expect(number).to_have_text(str(had + 1), timeout=PATIENCE)
    await expect(visit.page.locator(".arrived")).to_contain_text("1 件新工单", timeout=PATIENCE)
    assert gone != crew.ticket


async def test_a_page_that_answered_a_form_is_read_again_without_sending_it_again(
    house: House, visitor: Visitor
) -> None:
    operator, water = await house.person("operator"), await house.person("unit", "water")
    crew = Crew(operator, water, water).steps("register", "assign")
    operator.reads(f"/api/tickets/{crew.ticket}")
    visit = await visits(house, visitor, water, "/inbox?group=sign")
    asked: list[tuple[str, int]] = []
    visit.page.on("response", lambda one: asked.append((one.request.method, one.status)))
    await visit.page.locator(f"#task-{crew.ticket} input").check()
    await visit.page.get_by_role("button", name="签收所选").click()
    await visit.page.locator(".outcomes").wait_for()
    await connected(visit.page)
    assert visit.page.url.endswith("/inbox?group=sign")
    crew.steps("register", "assign")
    await expect(visit.page.locator(".arrived")).to_contain_text("1 件新工单", timeout=PATIENCE)
    await visit.page.reload()
    await visit.page.locator(f"#task-{crew.ticket}").wait_for()
    assert await visit.page.locator(".outcomes").count() == 0
    assert [status for method, status in asked if status >= 400] == []
    assert [method for method, _ in asked].count("POST") >= 2
    signed = water.reads(f"/api/tickets/{crew.ticket}/timeline")["lines"]
    assert [line["kind"] for line in signed].count("Signed") == 0


async def test_the_first_pages_numbers_are_live(house: House, visitor: Visitor) -> None:
    operator, road = await house.person("operator"), await house.person("unit", "road")
    visit = await visits(house, visitor, road, "/")
    number = visit.page.locator("[data-live-total=inbox]")
    had = int(await number.inner_text())
    Crew(operator, road, road).steps("register").step("assign", lead="road", assisting=[], handler=None)
    await expect(number).to_have_text(str(had + 1), timeout=PATIENCE)


async def test_a_page_whose_stream_falls_silent_says_so_and_goes_on_once_it_is_back(
    house: House, visitor: Visitor, crew: Crew, tmp_path: Path
) -> None:
    name = await with_password(house, crew.operator)
    with Running(house.settings, tmp_path) as running:
        console = running.start("console")
        visit = await visitor(address=console.address)
        await visit.page.clock.install()
        await visit.page.goto("/tickets")
        await visit.log_in(name)
        await connected(visit.page)
        console.freeze()
        bar = visit.page.locator("#stale")
        await visit.page.clock.run_for(12_000)
        await expect(bar).to_contain_text("实时连接中断", timeout=PATIENCE)
        assert await visit.violations() == []
        console.thaw()
        await visit.page.clock.run_for(12_000)
        await expect(bar).to_be_hidden(timeout=PATIENCE)
        browser = Browser(house, name, console.address)
        with browser, browser.stream(tickets=crew.ticket) as messages:
            next(messages)
            console.stop()
            assert {one.event for one in messages} <= {BEAT}


async def test_a_page_that_nobody_sees_has_no_stream_and_a_login_that_is_over_is_told(
    house: House, visitor: Visitor, crew: Crew
) -> None:
    visit = await visits(house, visitor, crew.operator, f"/tickets/{crew.ticket}")
    hide = "hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
    hide += " document.dispatchEvent(new Event('visibilitychange')) }"
    await visit.page.evaluate(hide, True)
    await expect(visit.page.locator("#live div")).to_have_count(0)
    await visit.page.context.clear_cookies()
    await visit.page.evaluate(hide, False)
    await expect(visit.page.locator("#stale")).to_contain_text("登录已过期", timeout=PATIENCE)
