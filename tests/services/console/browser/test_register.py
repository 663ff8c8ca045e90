"""A call is registered and a return is ruled on by keyboard alone; what stands beside comes while somebody types."""

import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.services.console.browser.visiting import Visit, with_password
from tests.services.console.people import Crew, House

pytestmark = pytest.mark.asyncio(loop_scope="module")
RETURNED = ("register", "assign", "request-return")
PHONE = "13912345678"
RING = 5
"""Pixels that the focus takes around a field."""
RINGED = """() => Math.min(
    ...[...document.querySelectorAll("#register label > input[type=tel], #register label > textarea")].map((field) => {
        const above = document.createRange();
        above.setStart(field.parentElement, 0);
        above.setEndBefore(field);
        return field.getBoundingClientRect().top - above.getBoundingClientRect().bottom;
    })
)"""
"""How much lies between a field and its label, at least."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crew(house: House) -> Crew:
    operator, road = await house.person("operator"), await house.person("unit", "road")
    return Crew(operator, await house.person("unit", "water"), road)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(chromium: Browser, house: House, crew: Crew) -> AsyncIterator[Visit]:
    """The operator, logged in; every address that the browser asks for is looked at."""
    visit = await Visit.begin(chromium, house.address)
    visit.page.on(
        "request", lambda request: visit.wrong.append("phone asked for") if PHONE in request.url else None
    )
    await visit.page.goto("/")
    await visit.log_in(await with_password(house, crew.operator))
    yield visit
    await visit.end()


async def focused(page: Page) -> str:
    """The name of the field that has the focus, or its text; the focus must be seen."""
    name, outline = await page.evaluate(
        "(one => [one.name || one.textContent.trim(), getComputedStyle(one).outlineStyle])(document.activeElement)"
    )
    assert outline == "solid", name
    return str(name)


async def tab(page: Page) -> str:
    await page.keyboard.press("Tab")
    return await focused(page)


async def blank(page: Page) -> None:
    """The form, once its first field has the focus."""
    await page.goto("/register")
    await expect(page.get_by_label("来电号码")).to_be_focused()


async def fresh(desk: Visit, crew: Crew, address: str) -> None:
    """The page, as fresh as what the crew did."""
    await desk.page.goto(f"{address}?token={crew.operator.seen['View-Token']}")


async def test_a_call_is_registered_without_a_mouse_in_the_order_of_the_talk(desk: Visit, crew: Crew) -> None:
    page = desk.page
    await blank(page)
    order = [await focused(page)]
    await page.keyboard.type(PHONE)
    typed = {
        "name": "样例",
        "address": "样例路",
        "title": "样例:水压低",
        "text": "样例:昨晚起三楼没有水,要求恢复",
    }
    while order[-1] != "_then":
        order.append(await tab(page))
        if value := typed.get(order[-1]):
            await page.keyboard.insert_text(value)
        if order[-1] in ("place", "topic"):
            await page.keyboard.press("ArrowDown")
    assert order == [
        *("phone", "name", "anonymous", "confidential", "place", "address", "demand", "topic"),
        *("reply_by", "title", "text", "urgency", "_then"),
    ]
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/registered/*")
    assert PHONE not in await page.content()
    assert await focused(page) == "登记下一件"
    ticket = urlsplit(page.url).path.rpartition("/")[2]
    metrics = await (await page.context.request.get("/metrics")).text()
    assert float(metrics.partition("huiyin_console_entry_seconds_count ")[2].partition("\n")[0]) >= 1
    row = crew.operator.reads(f"/api/tickets/{ticket}")
    assert (row["topic"], row["place"], row["demand"]) == ("water_supply", "east", "help")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("来电号码")).to_be_focused()
    assert await page.get_by_label("来电号码").input_value() == ""


async def test_the_ring_of_the_focus_leaves_the_label_above_it_whole(desk: Visit) -> None:
    await blank(desk.page)
    assert await desk.page.evaluate(RINGED) >= RING


async def test_a_return_is_ruled_on_without_a_mouse(desk: Visit, crew: Crew) -> None:
    page = desk.page
    crew.steps(*RETURNED)
    await fresh(desk, crew, f"/returns/{crew.ticket}")
    assert await focused(page) == "记录并打开"
    await page.keyboard.press("Enter")
    await page.locator("#opened .opened").wait_for()
    assert "样例:不属我单位" in await page.locator("#opened").inner_text()
    for _ in range(40):
        if await tab(page) == "upheld":
            break
    await page.keyboard.press("Space")
    assert await tab(page) == "to"
    for _ in ("样例中心", "样例供水", "样例道路"):
        await page.keyboard.press("ArrowDown")
    assert await tab(page) == "reason"
    await page.keyboard.insert_text("样例:属道路")
    assert await tab(page) == "裁定退单"
    await page.keyboard.press("Enter")
    await page.locator(".notice.done").wait_for()
    assert re.search("已裁定,.*不得再退", await page.locator(".notice.done").inner_text())
    crew.operator.seen = {}
    kinds = crew.operator.reads(f"/api/tickets/{crew.ticket}/timeline")["lines"]
    assert kinds[-1]["detail"]["to"] == "road"


async def test_repeats_the_unit_and_a_warning_come_while_somebody_types(desk: Visit, crew: Crew) -> None:
    page, beside = desk.page, desk.page.locator("#beside")
    crew.step("register", citizen={"phone": PHONE})
    await fresh(desk, crew, "/register")
    await page.get_by_label("来电号码").fill(f"{PHONE[:3]} {PHONE[3:]}")
    await beside.get_by_text("同一来电号码").first.wait_for()
    await beside.get_by_text("进展口述稿").first.click()
    assert "工单编号" in await beside.locator(".spoken").first.inner_text()
    await page.get_by_label("主题").select_option(label="供水")
    await beside.get_by_text("派单目录第 1 版").wait_for()
    await page.get_by_role("textbox", name="标题").fill("样例 13800138000")
    await beside.get_by_text("样例 ***********").wait_for()
    assert await page.get_by_role("textbox", name="标题").evaluate("one => one === document.activeElement")
    await page.get_by_role("textbox", name="内容").fill("样例:还是没有水")
    await beside.get_by_role("button", name="补充到该工单").first.click()
    await page.wait_for_url("**/tickets/*")
    assert "已记录:补充更正" in await page.locator(".notice.done").inner_text()


async def test_what_is_unfolded_beside_the_form_stays_so_while_somebody_types(
    desk: Visit, crew: Crew
) -> None:
    page, beside = desk.page, desk.page.locator("#beside")
    crew.step("register", citizen={"phone": PHONE})
    await fresh(desk, crew, "/register")
    await page.get_by_label("来电号码").fill(PHONE)
    await beside.get_by_text("同一来电号码").first.wait_for()
    unfolded = beside.locator("details[open]")
    await beside.get_by_text("进展口述稿").last.click()
    await beside.locator(".trace summary").first.click()
    await expect(unfolded).to_have_count(2)
    told = await unfolded.first.inner_text()
    await page.get_by_label("主题").select_option(label="供水")
    await page.get_by_label("地点").select_option(label="东片")
    await beside.get_by_text("派单目录第 1 版").wait_for()
    await page.get_by_role("textbox", name="标题").fill("样例 13800138000")
    await beside.get_by_text("样例 ***********").wait_for()
    await expect(unfolded).to_have_count(2)
    assert await unfolded.first.inner_text() == told
    await page.goto("/register")


async def test_110_takes_one_press_and_one_confirmation(desk: Visit, crew: Crew) -> None:
    page = desk.page
    await page.goto("/register")
    await page.evaluate("document.querySelector('#register').reset()")
    for name in ("来电号码", "标题", "内容"):
        await page.get_by_role("textbox", name=name).fill("")
    await page.get_by_role("button", name="转110", exact=True).click()
    await expect(page.get_by_role("button", name="登记并转110")).to_be_focused()
    await expect(page.get_by_role("button", name="登记并转110")).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/registered/*")
    ticket = urlsplit(page.url).path.rpartition("/")[2]
    row = crew.operator.reads(f"/api/tickets/{ticket}")
    assert (row["title"], row["stage"], row["outcome"]) == ("紧急来电,已转110", "closed", "declined")


async def test_a_double_click_is_one_ticket_and_going_back_brings_an_empty_form(
    desk: Visit, crew: Crew
) -> None:
    page = desk.page
    title = "样例:双击登记"
    await blank(page)
    await page.get_by_role("textbox", name="标题").fill(title)
    await page.get_by_role("textbox", name="内容").fill("样例")
    await page.get_by_role("button", name="登记", exact=True).dblclick()
    await page.wait_for_url("**/registered/*")
    await page.go_back()
    await expect(page.get_by_role("textbox", name="标题")).to_have_value("")
    found = crew.operator.reads("/api/search", q="双击登记")["tickets"]
    assert len(found) == 1


async def test_enter_that_confirms_a_word_sends_nothing_and_a_killed_tab_loses_no_text(
    chromium: Browser, house: House
) -> None:
    name = await with_password(house, await house.person("operator"))
    visit = await Visit.begin(chromium, house.address)
    await visit.page.goto("/register")
    await visit.log_in(name)
    page = visit.page
    await page.get_by_role("textbox", name="标题").fill("样例:写到一半")
    async with page.expect_response("**/drafts/new/register") as saved:
        await page.get_by_role("textbox", name="标题").dispatch_event(
            "keydown",
            {"key": "Enter", "keyCode": 229, "isComposing": True, "bubbles": True, "cancelable": True},
        )
    assert (await saved.value).ok
    assert urlsplit(page.url).path == "/register"
    await page.close()
    again = await visit.page.context.new_page()
    await again.goto("/register")
    assert await again.get_by_role("textbox", name="标题").input_value() == "样例:写到一半"
    assert "已恢复" in await again.locator("[data-draft-status]").inner_text()
    visit.page = again
    await visit.end()


async def test_the_form_works_without_scripts(chromium: Browser, house: House) -> None:
    name = await with_password(house, await house.person("operator"))
    visit = await Visit.begin(chromium, house.address, java_script_enabled=False)
    await visit.page.goto("/register")
    await visit.log_in(name)
    page = visit.page
    await page.get_by_label("主题").select_option(label="道路")
    await page.get_by_label("地点").select_option(label="东片")
    await page.get_by_role("textbox", name="内容").fill("样例:坑洼")
    await page.get_by_role("button", name="查看重复与去向").click()
    assert "样例道路" in await page.locator("#beside").inner_text()
    await page.get_by_role("textbox", name="标题").fill("样例:路面坑洼")
    await page.get_by_role("button", name="登记", exact=True).click()
    assert urlsplit(page.url).path.startswith("/registered/")
    await visit.end()


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_screen_is_readable_by_all_filled_empty_and_refused(
    desk: Visit, house: House, crew: Crew, language: str
) -> None:
    page = desk.page
    crew.steps(*RETURNED, "rule-on-return")
    ruled = crew.ticket
    crew.steps(*RETURNED)
    await page.goto(f"/language/{language}")
    main_action = {"/register": "#register [name=_then]", f"/returns/{crew.ticket}": ".actions [data-key=a]"}
    for address in (
        "/register",
        f"/returns/{crew.ticket}",
        f"/returns/{ruled}",
        "/circulating",
        f"/registered/{ruled}",
    ):
        await fresh(desk, crew, address)
        if address in main_action:
            await expect(page.locator(main_action[address]).first).to_be_in_viewport()
        await readable(desk)
    await page.goto("/register")
    await page.locator("[name=topic]").select_option("water_supply")
    await page.locator("[name=place]").select_option("east")
    await page.locator("#beside article").first.wait_for()
    await page.locator("[name=title]").fill("样例 13800138000")
    await page.locator("#beside .notice").wait_for()
    await page.locator("[name=text]").fill("样例")
    await readable(desk)
    await page.locator("[name=_then][value=decline]").click()
    await page.locator(".refusal").wait_for()
    await readable(desk)
    await page.goto("/language/zh")


async def test_an_empty_house_is_readable_by_all(chromium: Browser, house: House) -> None:
    visit = await Visit.begin(chromium, house.address)
    await visit.page.goto("/returns")
    await visit.log_in(await with_password(house, await house.person("operator", at="elsewhere")))
    for address in ("/returns", "/circulating", "/register"):
        await visit.page.goto(address)
        await readable(visit)
    await visit.end()


async def readable(visit: Visit) -> None:
    """All of the page, also what is folded; at once, as the bar at the bottom covers whatever it is scrolled over."""
    await visit.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert not await visit.scrolls_sideways()
    await visit.page.set_viewport_size({"width": 1366, "height": 4000})
    assert await visit.violations() == []
    await visit.page.set_viewport_size({"width": 1366, "height": 768})
