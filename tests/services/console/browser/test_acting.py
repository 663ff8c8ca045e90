"""The loop in a browser: each step by its form, refusals with the text kept, looks on record before they open."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.services.console.browser.visiting import Visit, send, with_password
from tests.services.console.people import SIGNED, Crew, House

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def crew(house: House) -> Crew:
    return Crew(
        await house.person("operator"),
        await house.person("unit", "water"),
        await house.person("unit", "road"),
    )


@pytest_asyncio.fixture(loop_scope="module")
async def pages(chromium: Browser, house: House, crew: Crew) -> AsyncIterator[tuple[Page, Page]]:
    """The operator's page and the unit's, both logged in."""
    visits = []
    for person in (crew.operator, crew.water):
        visit = await Visit.begin(chromium, house.address)
        visits.append(visit)
        await visit.page.goto("/")
        await visit.log_in(await with_password(house, person))
    yield visits[0].page, visits[1].page
    for visit in visits:
        await visit.end()


def fresh(crew: Crew) -> str:
    """The address of the crew's ticket, as they left it."""
    return f"/tickets/{crew.ticket}?token={crew.operator.seen['View-Token']}"


async def does(page: Page, crew: Crew, act: str, *chosen: str, **typed: str) -> None:
    """Send that form of the crew's ticket, which is not refused."""
    await page.goto(fresh(crew))
    await send(page, act, *chosen, **typed)
    await page.locator(".notice.done, .refusal").wait_for()
    assert await page.locator(".refusal").all_inner_texts() == []


async def test_a_ticket_goes_round_by_forms_and_says_what_was_recorded(
    crew: Crew, pages: tuple[Page, Page]
) -> None:
    desk, unit = pages
    crew.steps("register", "assign")
    await does(unit, crew, "签收")
    barred = await unit.locator(".barred").inner_text()
    assert "提交答复" in barred
    assert "须先联系诉求人" in barred
    await does(unit, crew, "登记联系", "电话", "已联系上", 联系记录="样例:已通话")
    await does(unit, crew, "提交答复", "已解决", 公开答复="样例:已修复", 内部反馈="样例:更换阀门")
    await does(desk, crew, "审核通过")
    await does(desk, crew, "登记回访", "不满意", 原话="样例:没修好")
    assert "第 2 轮" in await desk.locator(".facts").inner_text()
    await does(desk, crew, "派单", 主办单位="样例供水")
    assert "已派单" in await desk.locator(".stage-bar [aria-current]").inner_text()


async def test_what_somebody_else_recorded_in_between_is_shown_beside_the_kept_text(
    crew: Crew, pages: tuple[Page, Page]
) -> None:
    _, unit = pages
    crew.steps(*SIGNED)
    await unit.goto(fresh(crew))
    crew.steps("amend")
    await unit.get_by_label("电话").check()
    await unit.get_by_label("已联系上").check()
    await unit.get_by_role("textbox", name="联系记录").fill("样例:写到一半")
    await unit.get_by_role("button", name="登记联系").click()
    await unit.locator(".refusal").wait_for()
    assert "补充" in await unit.locator(".missed").inner_text()
    assert await unit.get_by_role("textbox", name="联系记录").input_value() == "样例:写到一半"
    await unit.get_by_role("button", name="登记联系").click()
    await unit.locator(".notice.done").wait_for()


async def test_a_double_click_is_one_command(crew: Crew, pages: tuple[Page, Page]) -> None:
    desk, _ = pages
    crew.steps("register")
    await desk.goto(fresh(crew))
    await desk.locator("summary", has_text="补充更正").click()
    await desk.get_by_label("补充内容").fill("样例:双击")
    await desk.get_by_role("button", name="补充更正").dblclick()
    await desk.locator(".notice.done").wait_for()
    kinds = [line["kind"] for line in crew.operator.reads(f"/api/tickets/{crew.ticket}/timeline")["lines"]]
    assert kinds.count("Supplemented") == 1


async def test_sealed_fields_open_in_their_place_once_the_look_is_recorded(
    house: House, crew: Crew, pages: tuple[Page, Page]
) -> None:
    desk, _ = pages
    text = "样例:<b>整段</b> 👷 \u202egnp"
    crew.step("register", text=text, citizen={"name": "样例诉求人", "phone": "13800000000"})
    await desk.goto(fresh(crew))
    assert "样例诉求人" not in await desk.content()
    contact = desk.locator(".sight", has_text="用途:联系诉求人")
    await contact.locator("summary").click()
    await contact.get_by_label("诉求人").check()
    await contact.get_by_role("button", name="记录并打开").click()
    opened = desk.locator("#opened .opened")
    await opened.wait_for()
    shown = await opened.inner_text()
    assert "样例诉求人" in shown
    assert "<b>整段</b> 👷 [U+202E]gnp" in shown
    auditor = (await house.person("auditor")).met(crew.operator)
    looks = auditor.reads(f"/api/tickets/{crew.ticket}/looks")["looks"]
    assert [look["kind"] for look in looks] == ["Looked"]
