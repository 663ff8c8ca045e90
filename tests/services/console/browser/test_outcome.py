"""Four people with four logins and a citizen without any carry a ticket round the whole loop, in browsers alone."""

import re
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
import pytest_asyncio
from openpyxl import load_workbook
from playwright.async_api import Browser, Page, expect

from tests.services.console.browser.visiting import Visit, send, with_password
from tests.services.console.people import House

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

ROLES = {"operator": None, "water": "water", "supervisor": None, "auditor": None}


@pytest_asyncio.fixture(loop_scope="module")
async def at(chromium: Browser, house: House) -> AsyncIterator[dict[str, Page]]:
    """Everyone's window; the citizen's has neither login nor scripts."""
    visits = {"citizen": await Visit.begin(chromium, house.address, java_script_enabled=False)}
    for name, unit in ROLES.items():
        visits[name] = await Visit.begin(chromium, house.address)
        person = await house.person("unit" if unit else name, unit)
        await visits[name].page.goto("/")
        await visits[name].log_in(await with_password(house, person))
    yield {name: visit.page for name, visit in visits.items()}
    for visit in visits.values():
        await visit.end()


async def does(page: Page, act: str, *chosen: str, **typed: str) -> None:
    """Send that form of the ticket that is shown, and see that it was recorded."""
    await send(page, act, *chosen, **typed)
    await expect(page.locator(".notice.done")).to_contain_text(act)


async def handles(page: Page, ticket: str, token: str) -> str:
    """The unit's part from signing to the answer; the token of its last entry."""
    await page.goto(f"/tickets/{ticket}?token={token}")
    await does(page, "签收")
    await does(page, "登记联系", "电话", "已联系上", 联系记录="样例:已通话")
    await does(page, "提交答复", "已解决", 公开答复="样例:已修复", 内部反馈="样例:更换阀门")
    return token_in(page)


def token_in(page: Page) -> str:
    found = re.search(r"token=([0-9]+)(?::|%3A)([0-9]+)", page.url)
    assert found, page.url
    return f"{found[1]}:{found[2]}"


async def rates(page: Page, number: str, code: str, *chosen: str) -> None:
    """The citizen, by number and code."""
    await page.goto("/t")
    await page.get_by_label("工单编号").fill(number)
    await page.get_by_label("查询码").fill(code)
    await page.get_by_role("button", name="查询").click()
    assert "样例:已修复" in await page.locator("main").inner_text()
    for label in chosen:
        await page.get_by_label(label, exact=True).check()
    await page.get_by_role("button", name="提交评价").click()
    await expect(page.locator("main")).to_contain_text("回执")


async def test_the_whole_loop_in_browsers(at: dict[str, Page]) -> None:
    desk, unit, citizen = at["operator"], at["water"], at["citizen"]
    # The operator takes the call, and tells number and code.
    await desk.goto("/register")
    await desk.get_by_label("来电号码").fill("13900001111")
    await desk.get_by_label("主题").select_option(label="供水")
    await desk.get_by_label("标题").fill("样例:整圈走完")
    await desk.locator("textarea[name=text]").fill("样例:阳台下水管漏水")
    await desk.get_by_role("button", name="登记", exact=True).click()
    told = desk.locator(".tell")
    number = (await told.locator(".number").inner_text()).replace(" ", "")
    code = (await told.locator(".code").inner_text()).replace(" ", "")
    await desk.get_by_role("link", name="打开工单").click()
    ticket = re.sub(r".*/tickets/([0-9a-f-]+).*", r"\1", desk.url)
    await does(desk, "派单", 主办单位="样例供水")
    token = await handles(unit, ticket, token_in(desk))
    await desk.goto(f"/tickets/{ticket}?token={token}")
    await does(desk, "审核通过")
    # The citizen is not satisfied: a second round, and this time it is.
    await rates(citizen, number, code, "没有解决", "不满意", "没解决")
    await desk.goto(f"/tickets/{ticket}")
    await expect(desk.locator(".facts").first).to_contain_text("第 2 轮")
    await does(desk, "派单", 主办单位="样例供水")
    token = await handles(unit, ticket, token_in(desk))
    await desk.goto(f"/tickets/{ticket}?token={token}")
    await does(desk, "审核通过")
    await rates(citizen, number, code, "解决了", "满意")
    # It is closed, counted, printed, exported, seen as it was, and proved.
    supervisor, auditor = at["supervisor"], at["auditor"]
    await supervisor.goto(f"/tickets?q={number}")
    await expect(supervisor.locator("tbody tr")).to_have_count(1)
    assert "已办结" in await supervisor.locator("tbody tr").inner_text()
    async with supervisor.expect_download() as exported:
        await supervisor.get_by_text("导出 Excel").first.click()
    (sheet,) = load_workbook(BytesIO((await (await exported.value).path()).read_bytes())).worksheets
    assert number in {row[1] for row in sheet.iter_rows(min_row=3, values_only=True)}
    await supervisor.goto(f"/tickets/{ticket}/print/assignment")
    assert number in await supervisor.locator(".sheet").inner_text()
    await auditor.goto(f"/tickets/{ticket}/as-of")
    assert "已办结" in await auditor.locator(".stage-bar [aria-current]").inner_text()
    while await (before := auditor.get_by_role("link", name="上一条")).count():
        await before.click()
        if "已签收" in await auditor.locator(".stage-bar [aria-current]").inner_text():
            break
    assert "已签收" in await auditor.locator(".stage-bar [aria-current]").inner_text()
    await auditor.locator("main a[href^='/entries/']").first.click()
    await expect(auditor.locator("#by-browser")).to_contain_text("一致")
