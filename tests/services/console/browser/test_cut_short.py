"""A form with files that is cut short, as its login is over: what was typed stands in front of them, and survives."""

import pytest
from playwright.async_api import FilePayload, Locator, expect

from services.console.pages.fields import FIELDS
from shared.book import COMMAND_LIMIT
from tests.services.console.browser.conftest import Visitor
from tests.services.console.browser.visiting import Visit, with_password
from tests.services.console.people import SIGNED, House, Person

pytestmark = pytest.mark.asyncio(loop_scope="module")

LARGE = FilePayload(
    name="a.png", mimeType="image/png", buffer=b"\x89PNG\r\n\x1a\n".ljust(4 * COMMAND_LIMIT, b"\0")
)
"""Far larger than what is read of somebody who is not logged in."""
BEHIND = """forms => forms.flatMap((form) => {
    const named = [...form.elements].filter((one) => one.name);
    const first = named.findIndex((one) => one.type === "file");
    if (first < 0) return [];
    const behind = named.slice(first).filter((one) => one.type !== "file").map((one) => one.name);
    return [[named[first].id, form.getAttribute("action"), behind]];
})"""
"""Of each form that takes files: its first input for them, where it goes, and what it would send behind them."""
TYPED = {
    "phone": "13800000000",
    "name": "样例来电人",
    "address": "样例路 1 号",
    "title": "样例:写了很久的标题",
    "text": "样例:写了很久的内容\n第二行",
    "reply": "样例:今晚恢复",
    "reason": "样例:依据",
    "right_channel": "样例:法院",
}


async def unscripted(house: House, visitor: Visitor, who: Person) -> Visit:
    visit = await visitor(java_script_enabled=False)
    await visit.page.goto("/login")
    await visit.log_in(await with_password(house, who))
    return visit


async def test_given_no_scripts_and_no_login_when_a_call_s_large_file_goes_up_then_all_that_was_typed_is_there(
    house: House, visitor: Visitor
) -> None:
    person = await house.person("operator")
    visit = await unscripted(house, visitor, person)
    page = visit.page
    await page.goto("/register")
    form = page.locator("#register")
    for details in await form.locator("summary").all():
        await details.click()
    fields = [one for name in TYPED for one in await form.locator(f"[name={name}]").all()]
    for field, text in zip(fields, TYPED.values(), strict=True):
        await field.fill(text)
    await form.locator("[name=confidential]").check()
    await form.locator("[name=urgency][value=urgent]").check()
    await form.locator("[name=ground][value=secret]").check()
    for name, code in (("demand", "complaint"), ("topic", "water_supply"), ("place", "east")):
        await form.locator(f"[name={name}]").select_option(code)
    typed = await filled(form)
    await form.locator("#file-register").set_input_files(LARGE)
    await page.context.clear_cookies()
    await form.get_by_role("button", name="上传选好的文件").click()
    await expect(page.locator(".refusal")).to_contain_text("登录已过期")
    await visit.log_in(person.account.id)
    await page.get_by_role("button", name="提交").click()
    await page.wait_for_url("**/register")
    assert await filled(form) == typed


async def filled(form: Locator) -> list[list[str]]:
    """What a form would send by now, without what only its page knows."""
    sent: list[list[str]] = await form.evaluate("form => [...new FormData(form)]")
    return [[name, text] for name, text in sent if not name.startswith("_")]


async def test_given_any_form_that_takes_files_when_it_is_sent_then_nothing_named_stands_behind_them(
    house: House, visitor: Visitor
) -> None:
    place = await house.place()
    crew = await house.crew(at=place)
    ticket = crew.steps(*SIGNED, "contact").ticket
    writer = await house.person("unit", "water", at=place, duties=("handler",))
    address = f"/tickets/{ticket}?token={crew.operator.seen['View-Token']}"
    at_desk, at_unit = [await unscripted(house, visitor, who) for who in (crew.operator, writer)]
    found = [*await behind(at_desk, "/register"), *await behind(at_desk, address)]
    found += await behind(at_unit, address)
    await house.person("unit", "water", at=place, duties=("approver",))
    found += await behind(at_unit, address)
    takes = {action for action, inputs in FIELDS.items() if any(one.kind == "files" for one in inputs)}
    assert {one for one, _, _ in found} == {"file-register", *[f"file-{action}" for action in takes]}
    assert f"/signoffs/{ticket}" in {goes_to for _, goes_to, _ in found}
    assert [one for one in found if one[2]] == []


async def behind(visit: Visit, address: str) -> list[tuple[str, str, list[str]]]:
    """BEHIND of every form of a page."""
    await visit.page.goto(address)
    found: list[tuple[str, str, list[str]]] = await visit.page.locator("form").evaluate_all(BEHIND)
    return found
