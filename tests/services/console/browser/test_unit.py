"""A handling unit's day on a phone: inbox, ticket, sign-off and applications, all reached by thumb and read by all."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page

from services.console.people.accounts import Duty
from tests.services.console.browser.visiting import Visit, with_password
from tests.services.console.people import SIGNED, Crew, House

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHONE = {"width": 390, "height": 844}
WHOLE = {"width": 390, "height": 6000}
"""So tall that nothing lies under what sticks to the window's edge."""
DUTIES: tuple[tuple[Duty, ...], ...] = (("signer", "handler"), ("approver",))
MIDDLE = """part => {
  const words = new Range();
  words.selectNodeContents(part);
  const { top, bottom } = words.getBoundingClientRect();
  return (top + bottom) / 2;
}"""
"""How far from above the middle of its words is."""
THUMB = 44
"""CSS pixels of what a thumb hits."""


@dataclass
class Office:
    """The crew's tickets, and the pages of a handler and an approver of the unit water."""

    crew: Crew
    handler: Visit
    approver: Visit
    signed: str
    written: str

    def screens(self) -> list[tuple[Visit, str]]:
        return [
            (self.handler, "/inbox"),
            (self.handler, "/inbox?group=redo"),
            (self.handler, f"/tickets/{self.signed}"),
            (self.handler, f"/tickets/{self.written}"),
            (self.handler, "/applications"),
            (self.handler, f"/signoffs/{self.signed}"),
            (self.approver, f"/signoffs/{self.written}"),
        ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(chromium: Browser, house: House) -> AsyncIterator[Office]:
    crew = Crew(
        await house.person("operator"),
        await house.person("unit", "water"),
        await house.person("unit", "road"),
    )
    visits = []
    for duties in DUTIES:
        person = await house.person("unit", "water", duties=duties)
        visits.append(await Visit.begin(chromium, house.address, viewport=PHONE))
        await visits[-1].page.goto("/")
        await visits[-1].log_in(await with_password(house, person))
    crew.steps("register", "assign", "request-return", "rule-on-return")
    crew.steps("register", "assign")
    signed = crew.steps(*SIGNED).ticket
    written = crew.steps(*SIGNED, "contact").ticket
    office = Office(crew, visits[0], visits[1], signed, written)
    await office.handler.page.goto(fresh(office, written))
    await submit(office.handler.page, "样例:阀门已更换。今晚恢复供水。")
    yield office
    for visit in visits:
        await visit.end()


def fresh(office: Office, ticket: str) -> str:
    return f"/tickets/{ticket}?token={office.crew.operator.seen['View-Token']}"


async def submit(page: Page, reply: str) -> None:
    """Write the answer on the ticket's page and lay it before the approver."""
    form = page.locator("#do-answer")
    if await form.get_attribute("open") is None:
        await form.locator("summary").click()
    await form.get_by_label("公开答复").fill(reply)
    await form.get_by_label("内部反馈").fill("样例:更换阀门一只。")
    await form.get_by_label("已解决", exact=True).check()
    await form.get_by_role("button", name="提交审签").click()
    await page.locator(".notice.done").wait_for()


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_screen_of_a_unit_is_readable_by_all_and_no_wider_than_a_phone(
    office: Office, language: str
) -> None:
    for visit in (office.handler, office.approver):
        await visit.page.goto(f"/language/{language}")
    for visit, address in office.screens():
        await visit.page.goto(address)
        await visit.page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        assert not await visit.scrolls_sideways(), address
        await visit.page.set_viewport_size(WHOLE)  # type: ignore[arg-type]
        assert await visit.violations() == [], address
        await visit.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for visit in (office.handler, office.approver):
        await visit.page.goto("/language/zh")


async def test_the_main_action_is_in_sight_and_as_large_as_a_thumb(office: Office) -> None:
    for visit, address, action in (
        (office.handler, "/inbox?group=sign", "#bulk button"),
        (office.handler, f"/tickets/{office.signed}", ".to-action"),
        (office.approver, f"/signoffs/{office.written}", "form[data-ctrl-enter] button"),
    ):
        await visit.page.goto(address)
        box = await visit.page.locator(action).bounding_box()
        assert box, address
        assert box["height"] >= THUMB, address
        assert 0 <= box["y"] <= PHONE["height"] - THUMB, address
    await office.handler.page.goto(f"/tickets/{office.signed}")
    await office.handler.page.locator(".to-action").click()
    assert await office.handler.page.locator("#do-contact").is_visible()


async def test_a_ticket_s_main_action_stands_at_the_edge_of_a_phone_and_covers_nothing_at_the_page_s_end(
    office: Office,
) -> None:
    page = office.handler.page
    await page.goto(f"/tickets/{office.signed}")
    action, foot = page.locator(".to-action"), page.locator("body > footer")
    assert (await edges(action))[1] == pytest.approx(PHONE["height"], abs=1)
    await page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert (await edges(page.locator(".case")))[1] <= (await edges(action))[0]
    assert (await edges(action))[1] <= (await edges(foot))[0] + 1


async def test_a_step_of_the_checklist_stands_on_one_line_with_its_shape_and_its_state(
    office: Office,
) -> None:
    page = office.handler.page
    await page.goto(f"/tickets/{office.signed}")
    step = page.locator(".checklist [aria-current=step]")
    middles = [await step.locator(part).evaluate(MIDDLE) for part in (".shape", "strong a", ".how")]
    assert max(middles) - min(middles) <= 4, middles


async def edges(part: Locator) -> tuple[float, float]:
    """Where it begins and ends in the window, from above."""
    box = await part.bounding_box()
    assert box
    return box["y"], box["y"] + box["height"]


async def test_the_checklist_says_contact_first_and_why_there_is_no_answer_yet(office: Office) -> None:
    page = office.handler.page
    await page.goto(fresh(office, office.signed))
    assert "联系诉求人" in await page.locator(".checklist [aria-current=step]").inner_text()
    assert "须先联系诉求人" in await page.locator(".checklist .step-barred").inner_text()
    assert "须先联系诉求人" in await page.locator("#do-answer.barred").inner_text()
    readers = await page.locator(".read-by").all_inner_texts()
    assert any("市民看不到" in one for one in readers)


async def test_every_groups_number_on_the_page_is_the_length_of_its_list(office: Office) -> None:
    page = office.handler.page
    await page.goto("/inbox")
    groups = [await one.get_attribute("data-group") for one in await page.locator(".groups a").all()]
    assert len(groups) == 9
    for group in groups:
        await page.goto(f"/inbox?group={group}")
        number = int(await page.locator(f'.groups [data-group="{group}"] .number').inner_text())
        assert await page.locator("tbody tr").count() == number, group


async def test_several_are_ticked_and_signed_for_at_once(office: Office) -> None:
    office.crew.steps("register", "assign")
    page = office.handler.page
    await page.goto(f"/inbox?group=sign&token={office.crew.operator.seen['View-Token']}")
    await page.get_by_label("全选本页待签收").check()
    ticked = await page.locator("tbody input:checked").count()
    assert ticked >= 2
    await page.get_by_role("button", name="签收所选").click()
    assert f"{ticked} 件中 {ticked} 件已办成" in await page.locator(".outcomes").inner_text()


async def test_the_approver_sees_what_changed_and_signs_off_by_two_keys(office: Office) -> None:
    approver, handler = office.approver.page, office.handler.page
    await approver.goto("/inbox?group=signoff")
    await approver.locator(f'a[href="/tickets/{office.written}"]').first.click()
    await approver.locator("#actions").get_by_role("link", name="去审签").click()
    await approver.get_by_text("退回经办人").first.click()
    await approver.get_by_label("退回理由").fill("样例:写明时间")
    await approver.get_by_role("button", name="退回经办人").click()
    await approver.wait_for_url("**/inbox?group=signoff*")
    await handler.goto(f"/tickets/{office.written}")
    assert "样例:写明时间" in await handler.locator("#actions").inner_text()
    await submit(handler, "样例:阀门已更换。今天18点恢复供水。")
    await approver.goto(f"/signoffs/{office.written}")
    assert "天18点" in await approver.locator(".difference ins").inner_text()
    await approver.keyboard.press("Control+Enter")
    await approver.wait_for_url(f"**/tickets/{office.written}?*said=answer*")
    assert "待审核" in await approver.locator(".stage-bar [aria-current]").inner_text()
