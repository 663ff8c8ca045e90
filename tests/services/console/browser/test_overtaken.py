"""A colleague settles what somebody has on their desk: the page says so, keeps their words, and leads on by one key."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.services.console.browser.test_desks import ANOTHER, in_hand, inside
from tests.services.console.browser.visiting import Visit
from tests.services.console.people import ANSWERED, SIGNED, SURVEYING, Crew, House
from tests.services.console.queueing import Desk, crew_at, desk_at

pytestmark = pytest.mark.asyncio(loop_scope="module")

LEFT = "**/desk/*/left/*"
WORDS = "样例:写了很久的话"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(house: House) -> Desk:
    return await desk_at(house)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crew(house: House, desk: Desk) -> Crew:
    return await crew_at(house, desk)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def anna(chromium: Browser, house: House, desk: Desk) -> AsyncIterator[Visit]:
    """Anna, whose page has yet to hear of what others do."""
    visit = await inside(chromium, house, desk.anna)
    await visit.page.route(LEFT, lambda route: route.fulfill(status=204))
    yield visit
    await visit.end()


def two(crew: Crew, *steps: str) -> tuple[str, str]:
    """Two tickets that stand there, the first one the longest."""
    return crew.steps(*steps).ticket, crew.steps(*steps).ticket


def at(address: str, crew: Crew) -> str:
    return f"{address}?token={crew.operator.seen['View-Token']}"


async def leads_on(visit: Visit, ticket: str | None) -> None:
    """The way on has the focus and is the one main action; its key brings the next ticket."""
    page = visit.page
    await expect(page.get_by_role("link", name="下一件")).to_be_focused()
    assert await visit.violations() == []
    await page.keyboard.press("Enter")
    await page.wait_for_function(ANOTHER, arg="")
    assert await in_hand(page) == ticket


async def kept(page: Page, what_happened: str) -> None:
    """The page says who did what, has the words that were written, and no form that could be meant for another."""
    await page.locator(".refusal").wait_for()
    assert what_happened in await page.locator(".missed").inner_text()
    assert await page.locator(".settle, .skipping").count() == 0


async def test_given_a_ticket_that_a_colleague_dispatched_when_it_is_dispatched_then_the_next_one_is_offered(
    desk: Desk, anna: Visit
) -> None:
    first, second = await desk.queued(2)
    await anna.page.goto(f"/desk/triage?token={desk.anna.seen['View-Token']}")
    while not await anna.page.locator("#settle [data-key='1']").count():
        await anna.page.reload()
    assert await in_hand(anna.page) == first
    assert desk.bao.does(first, "assign", lead="water").is_success
    await anna.page.keyboard.press("1")
    await anna.page.keyboard.press("Enter")
    await kept(anna.page, "派单")
    assert "water" not in await anna.page.locator("main").inner_text()
    await leads_on(anna, second)


async def test_given_an_answer_that_a_colleague_passed_when_it_is_sent_back_then_the_words_stay_and_the_next_is_offered(
    crew: Crew, anna: Visit
) -> None:
    first, second = two(crew, *ANSWERED)
    await anna.page.goto(at("/desk/review", crew))
    assert crew.operator.does(first, "approve").is_success
    await anna.page.keyboard.press("x")
    await anna.page.keyboard.type(WORDS)
    await anna.page.keyboard.press("Control+Enter")
    await kept(anna.page, "审核通过")
    assert WORDS in await anna.page.locator(".refusal").inner_text()
    await leads_on(anna, second)


async def test_given_a_call_that_a_colleague_made_when_it_is_recorded_then_the_words_stay_and_the_next_is_offered(
    crew: Crew, anna: Visit
) -> None:
    first, second = two(crew, *SURVEYING)
    await anna.page.goto(at("/desk/survey", crew))
    while (left := await in_hand(anna.page)) != first:
        crew.operator.does(left or "", "survey", grade="satisfied")
        await anna.page.goto(at("/desk/survey", crew))
    assert crew.operator.does(first, "survey", grade="satisfied").is_success
    await anna.page.get_by_label("原话").fill(WORDS)
    await anna.page.get_by_label("原话").blur()
    await anna.page.keyboard.press("1")
    await anna.page.keyboard.press("Enter")
    await kept(anna.page, "回访")
    assert WORDS in await anna.page.locator(".refusal").inner_text()
    await leads_on(anna, second)


async def test_given_an_answer_that_a_colleague_passed_when_it_is_opened_then_the_next_is_offered_in_its_place(
    crew: Crew, anna: Visit
) -> None:
    first, second = two(crew, *ANSWERED)
    page = anna.page
    await page.goto(at("/desk/review", crew))
    while (left := await in_hand(page)) != first:
        crew.operator.does(left or "", "approve")
        await page.goto(at("/desk/review", crew))
    assert crew.operator.does(first, "approve").is_success
    await page.keyboard.press("o")
    await page.locator("#opened .refusal").wait_for()
    await expect(page.get_by_role("button", name="审核通过")).to_be_disabled()
    await leads_on(anna, second)


async def test_given_a_ticket_in_hand_when_a_colleague_dispatches_it_then_the_page_says_to_whom_and_leads_on(
    desk: Desk, crew: Crew, anna: Visit
) -> None:
    page = anna.page
    first, second = await desk.queued(2)
    await page.unroute(LEFT)
    await page.goto(f"/desk/triage?token={desk.anna.seen['View-Token']}")
    while (left := await in_hand(page)) != first:
        crew.operator.does(left or "", "assign", lead="water")
        await page.goto(at("/desk/triage", crew))
    assert desk.bao.does(first, "assign", lead="water").is_success
    await expect(page.locator("#left")).to_contain_text("这一件已派给样例供水。")
    await expect(page.get_by_role("button", name="派单,下一件")).to_be_disabled()
    await leads_on(anna, second)
    await page.route(LEFT, lambda route: route.fulfill(status=204))


async def test_given_a_hold_that_is_over_when_it_is_to_be_renewed_then_the_next_is_offered_and_no_word_is_lost(
    desk: Desk, crew: Crew, anna: Visit
) -> None:
    page = anna.page
    first, second = await desk.queued(2)
    await page.clock.install()
    await page.goto(f"/desk/triage?token={desk.anna.seen['View-Token']}")
    while (left := await in_hand(page)) != first:
        crew.operator.does(left or "", "assign", lead="water")
        await page.goto(at("/desk/triage", crew))
    await page.keyboard.press("s")
    await page.keyboard.type(WORDS)
    assert desk.anna.http.post(
        "/api/queues/triage/release", json={"ticket": first}, headers=desk.anna.seen
    ).is_success
    assert desk.bao.does(first, "assign", lead="water").is_success
    await page.clock.run_for(120_000)
    await page.locator(".notice.lost").wait_for()
    assert await page.locator(".skipping input[name=reason]").input_value() == WORDS
    await expect(page.locator("[data-enter]")).to_be_disabled()
    await page.get_by_role("link", name="下一件").focus()
    await leads_on(anna, second)


async def test_given_a_return_that_a_colleague_ruled_on_when_it_is_ruled_on_then_the_words_stay_and_the_next_is_offered(
    crew: Crew, anna: Visit
) -> None:
    first, second = two(crew, *SIGNED, "request-return")
    page = anna.page
    for opens in (False, True):
        await page.goto(at(f"/returns/{first}", crew))
        assert crew.operator.does(first, "rule-on-return", upheld=False, reason="样例").is_success
        if opens:
            await page.get_by_role("button", name="记录并打开").click()
            await page.locator("#opened .refusal").wait_for()
        else:
            await page.get_by_role("textbox", name="理由").fill(WORDS)
            await page.get_by_label("不同意").check()
            await page.locator("#do-rule-on-return button").click()
            await page.locator(".refusal").wait_for()
            assert WORDS in await page.locator(".refusal").inner_text()
            assert "裁定" in await page.locator(".missed").inner_text()
            assert await page.locator("#do-rule-on-return").count() == 0
        await expect(page.get_by_role("link", name="下一件")).to_be_focused()
        assert await anna.violations() == []
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/returns")
        assert await page.locator(".waiting [aria-current]").get_attribute("href") == f"/returns/{second}"
        first, second = second, crew.steps(*SIGNED, "request-return").ticket
