"""The keys: what the help's table says they do, dead where somebody types, and to be switched off."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from services.console.pages.keys import KEYS
from services.console.pages.navigation import LINKS
from services.console.pages.rendering import TEMPLATES
from tests.services.console.browser.conftest import Visitor
from tests.services.console.browser.visiting import Visit, with_password
from tests.services.console.people import Crew, House
from tests.services.console.queueing import desk_at

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crew(house: House) -> Crew:
    """A crew with three tickets assigned, and one registered that is the crew's own."""
    unit = await house.person("unit", "water")
    crew = Crew(await house.person("operator"), unit, await house.person("unit", "road"))
    for story in (("register", "assign"),) * 3 + (("register",),):
        crew.steps(*story)
    crew.operator.reads(f"/api/tickets/{crew.ticket}")
    return crew


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def inside(chromium: Browser, house: House, crew: Crew) -> AsyncIterator[Visit]:
    """An operator who is logged in."""
    visit = await Visit.begin(chromium, house.address)
    await visit.page.goto("/")
    await visit.log_in(await with_password(house, crew.operator))
    yield visit
    await visit.end()


async def press(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


async def focused(page: Page, inside: str) -> bool:
    within: bool = await page.evaluate(f"document.activeElement.closest('{inside}') !== null")
    return within


async def test_no_key_does_two_things_in_one_place_and_no_letter_leads_to_two_screens() -> None:
    pressed = [(key.where, key.press) for key in KEYS]
    assert len(pressed) == len(set(pressed))
    for role in ("operator", "unit", "supervisor", "auditor"):
        letters = [link.letter for link in LINKS if role in link.roles and link.letter]
        assert len(letters) == len(set(letters)), role


async def test_the_help_shows_the_pages_own_keys_in_its_own_words(inside: Visit, crew: Crew) -> None:
    page, help_ = inside.page, inside.page.locator("dialog#keys")
    shown = {
        "/tickets": (["f 筛选", "o 导出 Excel", "Enter 打开"], ["改类", "补充更正", "逐件办理", "放回队列"]),
        "/queues/triage": (["n 逐件办理"], ["f 筛选"]),
        f"/tickets/{crew.ticket}": (["e 补充更正", ". 复制编号"], ["下一行", "改类", "跳过"]),
        "/register": (["Ctrl+Enter 提交", ";; 插入常用语"], ["下一行", "补充更正", "放回队列"]),
    }
    for address, (has, has_not) in shown.items():
        await page.goto(address)
        await page.evaluate("document.activeElement.blur()")
        await press(page, "?")
        await said(help_, has, has_not)


async def test_the_help_of_a_desk_shows_what_its_keys_do_there(house: House, visitor: Visitor) -> None:
    visit = await visitor()
    desk = await desk_at(house)
    await desk.queued(1)
    await visit.page.goto("/")
    await visit.log_in(await with_password(house, desk.anna))
    while not await visit.page.locator(".proposal").count():
        await visit.page.goto(f"/desk/triage?token={desk.anna.seen['View-Token']}")
    await press(visit.page, "?")
    own = [
        "o 打开内容",
        "1 选第几个建议单位",
        "u 其他单位",
        "e 改类",
        "Enter 派单,下一件",
        "s 跳过",
        "b 放回队列",
    ]
    help_ = visit.page.locator("dialog#keys")
    await said(help_, own, ["导出 Excel", "补充更正", "选中", "打开诉求", "b b"])
    assert await visit.violations() == []
    carried = await visit.page.evaluate(
        "[...document.querySelectorAll('main [data-key]')].map((one) => one.dataset.key)"
    )
    listed = await help_.locator("li[data-press]:visible").evaluate_all(
        "all => all.map((one) => one.dataset.press)"
    )
    assert {key for key in carried if not key.isdigit()} <= set(listed)


async def said(help_: Locator, has: list[str], has_not: list[str]) -> None:
    """The help says all of the one and nothing of the other."""
    await expect(help_).to_be_visible()
    told = " ".join((await help_.inner_text()).split())
    assert [one for one in has if one not in told] == []
    assert [one for one in has_not if one in told] == []


async def test_every_key_that_an_element_carries_is_in_the_table() -> None:
    carried = {
        key
        for page in TEMPLATES.rglob("*.html")
        for key in re.findall(r'data-key="([^"{]+)"', page.read_text(encoding="utf-8"))
    }
    assert carried <= {key.press for key in KEYS}


async def test_the_help_keeps_the_focus(inside: Visit) -> None:
    await inside.page.goto("/tickets")
    await press(inside.page, "?")
    help_ = inside.page.locator("dialog#keys")
    await expect(help_).to_be_visible()
    assert await inside.violations() == []
    for _ in range(6):
        await press(inside.page, "Tab")
        assert await inside.page.evaluate(
            "[document.body, ...document.querySelectorAll('dialog *')].includes(document.activeElement)"
        )
    await press(inside.page, "Escape")
    await expect(help_).to_be_hidden()


async def test_rows_are_walked_opened_and_left_by_key(inside: Visit, crew: Crew) -> None:
    page = inside.page
    await page.goto("/tickets")
    await press(page, "j", "j", "j", "k")
    assert await page.evaluate("document.activeElement.closest('tr').sectionRowIndex") == 1
    await press(page, "k", "k", "Enter")
    await page.wait_for_url("**/tickets/*-*")
    await press(page, "e")
    assert await focused(page, "[data-action=amend] form")
    await press(page, "Escape", "Escape")
    await page.wait_for_url("**/tickets")
    await press(page, "g", "h")
    await page.wait_for_url(lambda address: address.endswith("/"))
    await press(page, "/")
    assert await focused(page, ".find")


async def test_rows_are_ticked_one_many_or_all(house: House, visitor: Visitor, crew: Crew) -> None:
    visit = await visitor()
    await visit.page.goto("/inbox?group=sign")
    await visit.log_in(await with_password(house, crew.water))
    ticked = visit.page.locator("tbody input:checked")
    await visit.page.locator("tbody input").first.wait_for()
    total = await visit.page.locator("tbody input[type=checkbox]").count()
    assert total >= 3
    await press(visit.page, "j", "x")
    assert await ticked.count() == 1
    await press(visit.page, "j", "j", "Shift+X")
    assert await ticked.count() == 3
    await press(visit.page, "*")
    assert await ticked.count() in (total, 0)


async def test_a_number_is_copied_as_it_is_written_down(inside: Visit, crew: Crew) -> None:
    await inside.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await inside.page.goto(f"/tickets/{crew.ticket}")
    await press(inside.page, ".")
    await expect(inside.page.locator("#copied")).to_contain_text("已复制编号 2")
    number = crew.operator.reads(f"/api/tickets/{crew.ticket}")["number"]
    assert await inside.page.evaluate("navigator.clipboard.readText()") == number


async def test_keys_are_dead_where_somebody_types_or_composes(inside: Visit, crew: Crew) -> None:
    page = inside.page
    await page.goto(f"/tickets/{crew.ticket}")
    await press(page, "e")
    field = page.locator("[data-action=amend] textarea")
    await field.focus()
    await page.keyboard.type("j?/g.t")
    assert await field.input_value() == "j?/g.t"
    await page.evaluate(COMPOSED, ["body", "?"])
    assert await page.locator("dialog#keys").is_hidden()
    await field.fill("")


COMPOSED = """([where, key]) => {
    const composed = {key, keyCode: 229, isComposing: true, bubbles: true, cancelable: true};
    document.querySelector(where).dispatchEvent(new KeyboardEvent("keydown", composed));
}"""


async def test_enter_that_confirms_a_word_sends_no_form(inside: Visit) -> None:
    page = inside.page
    await page.goto("/tickets")
    await page.locator(".find input").focus()
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Input.imeSetComposition", {"text": "yang", "selectionStart": 4, "selectionEnd": 4})
    enter = {"key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229}
    await devtools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    await devtools.send("Input.insertText", {"text": "阳"})
    await page.evaluate(ENDED_FIRST)
    assert page.url.endswith("/tickets")
    assert await page.locator(".find input").input_value() == "阳"
    await press(page, "Enter")
    await page.wait_for_url("**/search?q=*")


ENDED_FIRST = """() => {
    const field = document.querySelector(".find input");
    field.dispatchEvent(new CompositionEvent("compositionend", {bubbles: true}));
    field.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", keyCode: 13, bubbles: true}));
    field.form.requestSubmit();
}"""


async def test_a_form_is_saved_and_sent_by_key(inside: Visit, crew: Crew) -> None:
    page = inside.page
    await page.goto(f"/tickets/{crew.ticket}")
    await press(page, "e")
    form = page.locator("[data-action=amend]")
    await form.locator("textarea").fill("样例:按键")
    await press(page, "Control+s")
    await expect(form.locator("[data-draft-status]")).to_contain_text("草稿已保存")
    await press(page, "Control+Enter")
    await page.locator(".notice.done").wait_for()


async def test_single_keys_can_be_switched_off_and_on_again(inside: Visit, crew: Crew) -> None:
    page = inside.page
    await page.goto("/tickets")
    opener = page.get_by_role("button", name="快捷键")
    for switch, works in (("关闭单键快捷键", False), ("开启单键快捷键", True)):
        await opener.click()
        await page.get_by_role("button", name=switch).click()
        await page.wait_for_load_state()
        await press(page, "j")
        assert await focused(page, "tr") is works


async def test_two_semicolons_put_in_a_phrase_by_keys_alone(inside: Visit, crew: Crew) -> None:
    page = inside.page
    for text in ("样例:您好,已收到。", "样例:我们会尽快核实。"):
        await page.goto("/phrases")
        assert await inside.violations() == []
        await page.locator("section.panel textarea").fill(text)
        await page.locator("section.panel button").click()
        await page.locator("td bdi", has_text=text).wait_for()
    await page.goto(f"/tickets/{crew.ticket}")
    await page.locator("[data-action=amend] summary").press("Enter")
    field, offered = page.locator("[data-action=amend] textarea"), page.locator("#phrases")
    await field.press_sequentially("甲;;")
    await expect(offered).to_be_visible()
    assert await inside.violations() == []
    await press(page, "ArrowDown", "ArrowUp", "ArrowDown", "Enter")
    await expect(offered).to_have_count(0)
    assert await field.input_value() == "甲样例:我们会尽快核实。"
    await field.press_sequentially("乙;;")
    await offered.wait_for()
    await press(page, "1")
    assert await field.input_value() == "甲样例:我们会尽快核实。乙样例:您好,已收到。"
    await field.fill("丙")
    await field.press_sequentially(";;")
    await offered.wait_for()
    await press(page, "Escape")
    await expect(field).to_be_focused()
    assert await field.input_value() == "丙;;"
    await field.press_sequentially(";;")
    await offered.wait_for()
    await press(page, "x")
    await expect(offered).to_have_count(0)
    assert await field.input_value() == "丙;;;;x"
    await expect(page.locator("[data-action=amend] [data-draft-status]")).to_contain_text("已保存")


async def test_no_phrases_are_offered_while_a_word_is_composed(inside: Visit, crew: Crew) -> None:
    page = inside.page
    await page.goto(f"/tickets/{crew.ticket}")
    field = page.locator("[data-action=amend] textarea")
    await page.locator("[data-action=amend]").evaluate("one => (one.open = true)")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    compose = """(text, done) => { text.focus(); text.value = "样;;"; text.setSelectionRange(3, 3);
        text.dispatchEvent(new InputEvent("input", {bubbles: true, isComposing: !done}));
        if (done) text.dispatchEvent(new CompositionEvent("compositionend", {bubbles: true})); }"""
    await field.evaluate(f"text => ({compose})(text, false)")
    await field.evaluate("() => new Promise(done => setTimeout(done))")
    assert [url for url in asked if url.endswith("/phrases/offered")] == []
    await field.evaluate(f"text => ({compose})(text, true)")
    await page.locator("#phrases").wait_for()
