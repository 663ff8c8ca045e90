"""The operator's desks: one ticket after the other by few keys, each in one pair of hands, nothing done by accident."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from shared.postgres import open_pool
from shared.ticket.commands import Assign, Command
from shared.ticket.words import Actor, Reason
from tests.services.console.browser.conftest import Visitor
from tests.services.console.browser.visiting import OFFICE, Visit, with_password
from tests.services.console.people import ANSWERED, SURVEYING, Crew, House, Person, tell
from tests.services.console.queueing import Desk, crew_at, desk_at

pytestmark = pytest.mark.asyncio(loop_scope="module")

DESKS = ("triage", "review", "survey")
HALVED = {"width": 683, "height": 384}
"""1366×768 at 200 %."""
ANOTHER = """old => {
    const desk = document.querySelector(".desk");
    return desk ? desk.dataset.ticket !== old : document.querySelector("main .notice");
}"""
TALL = {"width": 1366, "height": 2400}
"""A window in which nothing lies under the footer."""
WRONG = """() => {
    const form = document.querySelector("#settle");
    form.querySelectorAll("[required], [name=lead]").forEach((one) => (one.checked = !one.disabled));
    form.querySelector("[name=_version]").value = "0";
}"""
"""The main form is filled in as by somebody who never saw the ticket's later entries."""
IN_SIGHT = """() => {
    const main = document.querySelector("[data-enter]");
    const { left, width, bottom } = main.getBoundingClientRect();
    return main.contains(document.elementFromPoint(left + width / 2, bottom - 3));
}"""
"""Whether all of the main action can be seen and nothing lies on it."""
FEW = 4
"""Keys that a dispatch may take at most."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(house: House) -> Desk:
    return await desk_at(house)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crew(house: House, desk: Desk) -> Crew:
    return await crew_at(house, desk)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def anna(chromium: Browser, house: House, desk: Desk) -> AsyncIterator[Page]:
    visit = await inside(chromium, house, desk.anna)
    yield visit.page
    await visit.end()


async def inside(chromium: Browser, house: House, person: Person) -> Visit:
    visit = await Visit.begin(chromium, house.address)
    await visit.page.goto("/")
    await visit.log_in(await with_password(house, person))
    await visit.page.wait_for_url("**/")
    return visit


def at(queue: str, person: Person) -> str:
    """The desk, as fresh as what that person did."""
    token = person.seen.get("View-Token")
    return f"/desk/{queue}?token={token}" if token else f"/desk/{queue}"


async def in_hand(page: Page) -> str | None:
    """The ticket on the desk; None where there is none."""
    desk = page.locator(".desk")
    return await desk.get_attribute("data-ticket") if await desk.count() else None


async def after(page: Page, ticket: str | None) -> str | None:
    """What is in hand once that ticket is not any more, and keys work."""
    await page.wait_for_function(ANOTHER, arg=ticket)
    await page.wait_for_load_state()
    return await in_hand(page)


async def pressed(page: Page, *keys: str) -> int:
    for key in keys:
        await page.keyboard.press(key)
    return len(keys)


def kinds(person: Person, ticket: str) -> list[str]:
    return [line["kind"] for line in person.reads(f"/api/tickets/{ticket}/timeline")["lines"]]


async def test_ten_dispatches_take_a_few_keys_each_and_no_mouse(desk: Desk, anna: Page) -> None:
    tickets = await desk.queued(10)
    await anna.goto(at("triage", desk.anna))
    ticket, counted = await in_hand(anna), []
    for _ in tickets:
        counted.append(await pressed(anna, "1", "Enter"))
        ticket = await after(anna, ticket)
    assert ticket is None
    assert max(counted) <= FEW
    assert await anna.get_by_role("link", name="今天已派 10 件").count() == 1
    assert "您上次办理在" in await anna.locator("main .notice").last.inner_text()
    for one in tickets:
        row = desk.chief.reads(f"/api/tickets/{one}")
        assert (row["stage"], row["lead"]) == ("assigned", "water")
    await anna.get_by_role("link", name="今天已派 10 件").click()
    assert await anna.locator("tbody tr").count() == 10


async def test_two_browsers_never_have_the_same_ticket_and_a_skip_is_seen(
    chromium: Browser, house: House, desk: Desk, anna: Page
) -> None:
    first, second = await desk.queued(2)
    bao = await inside(chromium, house, desk.bao)
    await asyncio.gather(anna.goto(at("triage", desk.anna)), bao.page.goto(at("triage", desk.anna)))
    assert {await in_hand(anna), await in_hand(bao.page)} == {first, second}
    mine, other = await in_hand(anna), await in_hand(bao.page)
    await anna.keyboard.press("s")
    await composes_and_confirms(anna, "样例")
    assert await in_hand(anna) == mine
    assert await anna.locator("main .notice.done").count() == 0
    await anna.keyboard.type("样例:要问一下")
    await anna.keyboard.press("Enter")
    await anna.locator("main .notice").first.wait_for()
    assert await in_hand(anna) is None
    (skip,) = desk.chief.reads("/api/skips")["skips"]
    assert (skip["ticket"], skip["person"]) == (mine, desk.anna.account.id)
    assert skip["reason"].endswith("样例:要问一下")
    assert await held(house, desk) == {other: desk.bao.account.id}
    await anna.get_by_role("link", name="跳过 1 件").click()
    assert await anna.locator("tbody tr").count() == 1
    await bao.page.keyboard.press("Escape")
    await bao.page.wait_for_url("**/queues/triage")
    assert await held(house, desk) == {}
    await bao.page.get_by_role("link", name="逐件办理").click()
    await settle_all(bao.page)
    await bao.end()


async def composes_and_confirms(page: Page, word: str) -> None:
    """Type a word by an input method, and confirm it with Enter while it is still being composed."""
    session = await page.context.new_cdp_session(page)
    length = len(word)
    composing = {"text": word, "selectionStart": length, "selectionEnd": length}
    await session.send("Input.imeSetComposition", composing)
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
    await session.send("Input.dispatchKeyEvent", {"type": "keyDown", **enter})
    await session.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    await session.send("Input.insertText", {"text": word})


async def held(house: House, desk: Desk) -> dict[str, str]:
    """Who holds which of the desk's tickets."""
    pool = await open_pool(house.settings, 1)
    rows = await pool.fetch(
        "SELECT h.ticket, h.person FROM desk.holds h JOIN views.tickets t ON t.id = h.ticket"
        " WHERE t.jurisdiction = $1 AND h.until > now()",
        desk.at,
    )
    await pool.close()
    return {row["ticket"]: row["person"] for row in rows}


async def settle_all(page: Page) -> None:
    """Dispatch what is left."""
    while (ticket := await in_hand(page)) is not None:
        await pressed(page, "1", "Enter")
        await after(page, ticket)


async def test_a_barred_unit_is_shown_with_its_rule_and_no_digit_chooses_it(
    house: House, desk: Desk, anna: Page
) -> None:
    road = await house.person("unit", "road", at=desk.at)
    (before, back) = await desk.queued(2, topic="road", place="east")
    assert desk.anna.does(before, "assign", lead="east_town").is_success
    assert desk.anna.does(back, "assign", lead="road").is_success
    assert road.met(desk.anna).does(back, "request-return", reason="样例:不属我单位").is_success
    assert desk.anna.met(road).does(back, "rule-on-return", upheld=True, reason="样例:属实").is_success
    await anna.goto(at("triage", desk.anna))
    assert await in_hand(anna) == back
    barred = await anna.locator(".proposal.barred").all_inner_texts()
    assert ["样例道路" in barred[0], "样例东镇" in barred[1]] == [True, True]
    assert "不得再派给它" in barred[0]
    assert "不得分派给基层" in barred[1]
    await pressed(anna, *"123456789")
    assert await anna.locator("[name=lead]:checked").count() == 0
    await anna.keyboard.press("u")
    assert await anna.locator("[name=lead][value=road]").is_disabled()
    await anna.keyboard.type("ylgs")
    assert await anna.locator("[name=lead]:checked").get_attribute("value") == "water"
    assert not await anna.locator(".others [name=lead][value=road]").is_visible()
    await pressed(anna, "Enter", "Enter")
    await after(anna, back)
    assert kinds(desk.chief, back).count("Assigned") == 2
    assert desk.chief.reads(f"/api/tickets/{back}")["lead"] == "water"


LEADS = """() => [...document.querySelectorAll("[name=lead]:checked")].map(
    (one) => [one.value, one.checkVisibility({visibilityProperty: true})])"""
"""The units that are chosen, and whether each is seen."""


async def test_what_is_chosen_among_the_other_units_is_always_what_is_seen(desk: Desk, anna: Page) -> None:
    (ticket,) = await desk.queued(1)
    await anna.goto(at("triage", desk.anna))
    assert await in_hand(anna) == ticket
    await pressed(anna, "1", "u")
    find, found = anna.get_by_label("按名称或拼音首字母找"), anna.locator("[data-none]")
    for typed in ("ylgs", "yldz", "样例", "道路", "y", "供 水", "zzz", "没有"):
        for length in range(len(typed) + 1):
            await find.fill(typed[:length])
            chosen = await anna.evaluate(LEADS)
            assert [seen for _, seen in chosen] in ([], [True]), typed[:length]
            shown = await anna.locator("#other-units label:visible").count()
            assert (await found.inner_text() == "没有找到。") == (shown == 0), typed[:length]
            assert shown or not chosen, typed[:length]
    await pressed(anna, "Enter")
    await expect(anna.locator("[data-unchosen]")).to_contain_text("没有选中单位,没有派单")
    assert desk.chief.reads(f"/api/tickets/{ticket}")["stage"] != "assigned"
    await find.fill("ylgs")
    assert "建议" in await anna.locator("#other-units label:visible").inner_text()
    assert await anna.evaluate(LEADS) == [["water", True]]
    await expect(anna.locator("[data-unchosen]")).to_be_empty()
    await anna.locator(".others summary").click()
    await anna.wait_for_function("document.querySelector('[name=lead]:checked') === null")
    await anna.get_by_role("button", name="派单,下一件").click()
    await expect(anna.locator("[data-unchosen]")).not_to_be_empty()
    await pressed(anna, "u")
    await find.fill("ylgs")
    await pressed(anna, "Enter")
    await after(anna, ticket)
    assert desk.chief.reads(f"/api/tickets/{ticket}")["lead"] == "water"


async def test_changing_topic_or_place_keeps_the_ticket_in_hand(desk: Desk, anna: Page) -> None:
    (ticket,) = await desk.queued(1, topic=None, place=None)
    await anna.goto(at("triage", desk.anna))
    assert "没有可建议的单位" in await anna.locator(".proposals").inner_text()
    await anna.keyboard.press("e")
    await anna.get_by_label("主题").select_option("water_supply")
    await expect(anna.locator("[data-outdated]")).to_contain_text("先点“改类并重新建议”")
    await expect(anna.locator("[data-enter]")).to_be_disabled()
    await anna.get_by_label("主题").select_option("")
    await expect(anna.locator("[data-outdated]")).to_be_hidden()
    await expect(anna.locator("[data-enter]")).to_be_enabled()
    await anna.get_by_label("主题").select_option("water_supply")
    await anna.get_by_role("button", name="改类并重新建议").click()
    await expect(anna.locator(".notice.done")).to_contain_text("系统正按目录派给样例供水")
    assert await in_hand(anna) == ticket
    assert "派单目录第 1 版:供水 × 各地" in await anna.locator(".proposal").first.inner_text()
    await dispatched(desk, ticket)
    await expect(anna.locator("#left")).to_contain_text("这一件已派给样例供水。")
    await expect(anna.get_by_role("link", name="下一件")).to_be_focused()
    await pressed(anna, "Enter")
    await after(anna, ticket)
    await anna.goto(f"/desk/triage?said=amend&of={ticket}")
    await expect(anna.locator(".notice.done")).to_contain_text("系统已按目录派给样例供水")


async def dispatched(desk: Desk, ticket: str) -> None:
    """The system dispatches it by the catalogue."""
    body = Assign("water", Reason("water_anywhere", 1))
    by = Actor("dispatch", "service")
    await tell(
        desk.house.settings, Command(str(uuid4()), ticket, desk.at, by, "dispatch", datetime.now(UTC), body)
    )


async def test_an_answer_passes_by_enter_only_once_it_was_opened(desk: Desk, crew: Crew, anna: Page) -> None:
    crew.step("register", text="样例:水黄三天了")
    crew.steps(*ANSWERED[1:-1])
    crew.step("answer", reply="样例:请电联13800000000")
    await anna.goto(at("review", crew.operator))
    await anna.keyboard.press("Enter")
    await anna.keyboard.press("o")
    await anna.locator("#opened:focus .opened").wait_for()
    await expect(anna.get_by_text("打开后才能按 Enter")).to_be_hidden()
    assert kinds(desk.chief, crew.ticket).count("AnswerApproved") == 0
    shown = await anna.locator("#opened").inner_text()
    assert "样例:水黄三天了" in shown
    assert "有 1 处像电话或证件号码" in shown
    assert "已联系上" in await anna.locator(".settle .points").inner_text()
    await anna.keyboard.press("Enter")
    await after(anna, crew.ticket)
    assert kinds(desk.chief, crew.ticket).count("AnswerApproved") == 1
    looks = desk.chief.reads(f"/api/tickets/{crew.ticket}/looks")["looks"]
    assert [look["detail"]["purpose"] for look in looks] == ["review"]


async def test_a_call_that_reaches_nobody_gives_way_and_a_grade_says_what_it_brings(
    desk: Desk, crew: Crew, anna: Page
) -> None:
    await anna.goto(at("survey", crew.operator))
    while (left := await in_hand(anna)) is not None:
        await pressed(anna, "1", "Enter")
        await after(anna, left)
    crew.steps(*SURVEYING)
    first = crew.ticket
    crew.steps(*SURVEYING)
    await anna.goto(at("survey", crew.operator))
    assert await in_hand(anna) == first
    assert "转第 2 轮重办,由样例中心办理" in await anna.locator(".proposals").inner_text()
    await anna.keyboard.press("m")
    assert await after(anna, first) == crew.ticket
    await anna.get_by_label("拖延").check()
    await pressed(anna, "3", "5", "Enter")
    assert await after(anna, crew.ticket) == first
    assert "1 次 · 上次 电话未接通" in await anna.locator(".facts").inner_text()
    assert "回访即按规则结束" in await anna.locator(".attempt").inner_text()
    assert kinds(desk.chief, crew.ticket)[-1] == "RedoOrdered"
    rated = desk.chief.reads(f"/api/tickets/{crew.ticket}/timeline")["lines"][-2]["detail"]
    assert (rated["solved"], rated["partly"], rated["reasons"]) == (False, True, ["delayed"])
    await pressed(anna, "1", "4", "Enter")
    await after(anna, first)
    assert desk.chief.reads(f"/api/tickets/{first}")["grade"] == "satisfied"


async def test_a_desk_works_without_scripts(house: House, desk: Desk, visitor: Visitor) -> None:
    (ticket,) = await desk.queued(1)
    visit = await visitor(java_script_enabled=False)
    await visit.page.goto("/login")
    await visit.log_in(await with_password(house, desk.anna))
    await visit.page.goto(at("triage", desk.anna))
    await visit.page.get_by_role("button", name="打开内容").click()
    assert "家里自来水发黄" in await visit.page.locator("#opened").inner_text()
    await visit.page.get_by_role("radio", name="样例供水").check()
    await visit.page.get_by_role("button", name="派单,下一件").click()
    assert "已记录:派单" in await visit.page.locator(".notice.done").inner_text()
    assert desk.chief.reads(f"/api/tickets/{ticket}")["lead"] == "water"


async def test_every_desk_in_every_state_is_readable_and_its_main_action_in_sight(
    chromium: Browser, house: House, desk: Desk, crew: Crew
) -> None:
    await desk.queued(1, topic="road", place="east")
    crew.steps(*ANSWERED)
    crew.steps(*SURVEYING)
    visit = await inside(chromium, house, desk.anna)
    for queue in DESKS:
        for language in ("zh", "en"):
            await visit.page.goto(f"/language/{language}")
            await looks_right(visit, at(queue, crew.operator))
    await visit.end()
    stranger = await inside(chromium, house, await house.person("operator", at=f"{desk.at}x"))
    for queue in DESKS:
        for language in ("zh", "en"):
            await stranger.page.goto(f"/language/{language}")
            await stranger.page.goto(f"/desk/{queue}")
            assert await in_hand(stranger.page) is None
            assert await stranger.violations() == []
    await stranger.end()


async def looks_right(visit: Visit, address: str) -> None:
    """Filled, with everything unfolded, and refused; as wide as an office window, and at 200 %."""
    page = visit.page
    await page.goto(address)
    for size in (OFFICE, HALVED):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        assert not await visit.scrolls_sideways()
        assert await page.evaluate(IN_SIGHT)
    await page.set_viewport_size(TALL)  # type: ignore[arg-type]
    assert await visit.violations() == []
    await page.keyboard.press("o")
    await page.locator("#opened .opened").first.wait_for()
    await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert await visit.violations() == []
    assert not await visit.scrolls_sideways()
    await page.evaluate(WRONG)
    await page.locator("[data-enter]").click()
    await page.locator(".refusal").wait_for()
    assert await visit.violations() == []
