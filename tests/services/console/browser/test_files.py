"""附件与证据 in the browser: by mouse, drop, paste and keyboard alone, on a phone, and without scripts."""

import asyncio
from base64 import b64encode
from contextlib import AbstractAsyncContextManager

import pytest
from playwright.async_api import FilePayload, Locator, Page, Route

from demo.evidence import picture
from tests.services.console.browser.conftest import Visitor
from tests.services.console.browser.visiting import Visit, send, with_password
from tests.services.console.people import SIGNED, Crew, House, Person
from tests.services.console.queueing import desk_at

pytestmark = pytest.mark.asyncio(loop_scope="module")

PICTURE = picture(1)
PHONE = {"width": 390, "height": 844}
HAND_OVER = """(box, [how, picture]) => {
  const bytes = Uint8Array.from(atob(picture), (one) => one.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "sample.png", { type: "image/png" }));
  const given = { bubbles: true, cancelable: true };
  box.dispatchEvent(how === "drop" ? new DragEvent("drop", { ...given, dataTransfer: data })
                                   : new ClipboardEvent("paste", { ...given, clipboardData: data }));
}"""


def file(name: str, content: bytes = PICTURE) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": content}


async def hands_over(box: Locator, how: str) -> None:
    """Drop or paste the picture there."""
    await box.evaluate(HAND_OVER, [how, b64encode(PICTURE).decode()])


async def answering(
    house: House, crew: Crew, visitor: Visitor, **options: object
) -> tuple[Visit, Page, Locator]:
    """A unit at the form of its answer."""
    crew.steps(*SIGNED, "contact")
    visit = await at_ticket(house, crew, visitor, crew.water, **options)
    return visit, visit.page, visit.page.locator("#do-answer")


async def held_up(page: Page, *, lost: bool = False) -> tuple[asyncio.Event, asyncio.Event]:
    """The next upload waits on its way back, or is lost: set once it went, and to be set for it to go on."""
    went, goes_on = asyncio.Event(), asyncio.Event()

    async def waits(route: Route) -> None:
        answer = None if lost else await route.fetch()
        went.set()
        await goes_on.wait()
        await (route.fulfill(response=answer) if answer else route.abort())

    await page.route("**/answer/files", waits, times=1)
    return went, goes_on


async def at_ticket(house: House, crew: Crew, visitor: Visitor, who: Person, **options: object) -> Visit:
    visit = await visitor(**options)
    await visit.page.goto(f"/tickets/{crew.ticket}?token={crew.water.seen['View-Token']}")
    await visit.log_in(await with_password(house, who))
    return visit


async def listed(page: Page, count: int) -> None:
    """Wait until the answer's form has so many files, and nothing of it is still under way."""
    await page.locator("#do-answer .file-list li").nth(count - 1).wait_for()
    await page.locator("#do-answer .files-in:not(.htmx-request)").wait_for()
    assert await page.locator("#do-answer .file-list li").count() == count


def drafted(page: Page, count: int) -> AbstractAsyncContextManager[object]:
    """Wait until a draft with so many files is saved."""
    return page.expect_response(
        lambda got: "/drafts/" in got.url and (got.request.post_data or "").count("attachments=") == count
    )


async def test_evidence_is_chosen_dropped_and_pasted_and_reviewed_with_a_look(
    house: House, crew: Crew, visitor: Visitor
) -> None:
    at_unit, page, form = await answering(house, crew, visitor)
    await form.get_by_label("公开答复").fill("样例:阀门已更换")
    assert not await form.get_by_label("拍照").is_visible()
    await page.locator("#file-answer").set_input_files(file("样例姓名.png"))
    await listed(page, 1)
    await hands_over(page.locator("h1"), "drop")
    await hands_over(form.locator(".files legend"), "drop")
    await listed(page, 2)
    async with drafted(page, 3):
        await hands_over(form.get_by_label("公开答复"), "paste")
        await listed(page, 3)
    await form.locator(".file-list li:nth-child(3) canvas").wait_for()
    await page.locator("#file-answer").set_input_files(file("a.svg", b"<svg onload='alert(1)'/>"))
    await form.locator(".files .refusal").wait_for()
    await form.locator(".file-list li:nth-child(3) canvas").wait_for()
    assert await form.locator(".file-list canvas").count() == 3
    assert await form.get_by_label("公开答复").input_value() == "样例:阀门已更换"
    assert await at_unit.violations() == []
    await page.reload()
    await listed(page, 3)
    await form.get_by_role("checkbox", name="3. 图片").uncheck()
    await send(
        page, "提交答复", "已解决", "已看过:没有,或已遮住", 公开答复="样例:阀门已更换", 内部反馈="样例:换阀门"
    )
    await page.get_by_text("已记录:提交答复").wait_for()
    assert "样例姓名" not in await page.content()
    assert await page.locator("#files li").count() == 2
    assert await at_unit.violations() == []

    at_desk = await at_ticket(house, crew, visitor, crew.operator)
    await at_desk.page.locator("#files").get_by_label("打开第 1 个的用途").select_option(label="审核答复")
    async with at_desk.page.context.expect_page() as coming:
        await at_desk.page.locator("#files").get_by_role("button", name="记录并打开第 1 个").click()
    shown = await coming.value
    await shown.locator("img").wait_for()
    assert await shown.evaluate("document.contentType") == "image/png"
    assert await at_desk.violations() == []


async def test_what_is_typed_unticked_and_chosen_during_an_upload_is_kept_on_the_page_and_in_the_draft(
    house: House, crew: Crew, visitor: Visitor
) -> None:
    _, page, form = await answering(house, crew, visitor)
    await page.locator("#file-answer").set_input_files(file("a.png"))
    await listed(page, 1)
    went, goes_on = await held_up(page)
    await page.locator("#file-answer").set_input_files(file("b.png"))
    await went.wait()
    await form.get_by_role("checkbox", name="1. 图片").uncheck()
    await hands_over(form.locator(".files legend"), "drop")
    await page.locator("#camera-answer").set_input_files(file("c.png"))
    async with drafted(page, 0):
        await form.get_by_label("公开答复").fill("样例:上传时写的")
    async with drafted(page, 3):
        goes_on.set()
    await page.reload()
    await listed(page, 3)
    assert await form.get_by_label("公开答复").input_value() == "样例:上传时写的"


async def test_files_whose_upload_failed_go_up_with_those_that_were_chosen_since(
    house: House, crew: Crew, visitor: Visitor
) -> None:
    visit, page, form = await answering(house, crew, visitor)
    went, goes_on = await held_up(page, lost=True)
    await page.locator("#file-answer").set_input_files(file("a.png"))
    await went.wait()
    await hands_over(form.locator(".files legend"), "drop")
    goes_on.set()
    await listed(page, 2)
    assert all("error" in one for one in visit.wrong)
    visit.wrong.clear()


async def test_a_photo_is_added_at_390_px_with_the_camera_and_by_keyboard_alone(
    house: House, crew: Crew, visitor: Visitor
) -> None:
    visit, page, form = await answering(house, crew, visitor, viewport=PHONE, has_touch=True, is_mobile=True)
    camera = form.get_by_label("拍照")
    assert await camera.is_visible()
    assert await camera.get_attribute("capture") == "environment"
    await camera.set_input_files(file("a.png"))
    await listed(page, 1)
    assert not await visit.scrolls_sideways()
    assert await visit.violations() == []
    async with page.expect_file_chooser() as chooser:
        await page.locator("#file-answer").press("Enter")
    await (await chooser.value).set_files([file("b.png"), file("c.png")])
    await listed(page, 3)
    await form.locator(".file-list input").first.focus()
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    assert await page.get_by_label("已看过:没有,或已遮住").is_checked()


async def test_evidence_is_opened_from_the_review_desk_as_often_as_it_is_asked_for(
    house: House, visitor: Visitor
) -> None:
    desk = await desk_at(house)
    water = await house.person("unit", "water", at=desk.at)
    crew = Crew(desk.bao, water, water).steps(*SIGNED, "contact")
    kept = water.http.post(f"/api/tickets/{crew.ticket}/files", content=PICTURE).json()
    crew.step("answer", attachments=[kept])
    visit = await visitor()
    await visit.page.goto(f"/desk/review?token={water.seen['View-Token']}")
    await visit.log_in(await with_password(house, desk.anna))
    for _ in range(2):
        async with visit.page.context.expect_page() as coming:
            await visit.page.get_by_role("button", name="记录并打开第 1 个").click()
        await (await coming.value).locator("img").wait_for()
    assert await visit.violations() == []
    looks = desk.chief.met(water).reads(f"/api/tickets/{crew.ticket}/looks")["looks"]
    assert [look["detail"] for look in looks] == 2 * [
        {"fields": ["attachment"], "purpose": "review", "files": [kept["digest"]], "stage": "answered"}
    ]


async def test_without_scripts_a_file_goes_up_by_its_own_button(
    house: House, crew: Crew, visitor: Visitor
) -> None:
    _, page, form = await answering(house, crew, visitor, java_script_enabled=False)
    await form.get_by_label("公开答复").fill("样例:写了一半")
    await form.locator("#file-answer").set_input_files(file("a.png"))
    await form.get_by_role("button", name="上传选好的文件").click()
    await listed(page, 1)
    assert await form.get_by_label("公开答复").input_value() == "样例:写了一半"


async def test_a_call_s_files_stand_behind_its_main_action(house: House, visitor: Visitor) -> None:
    visit = await visitor()
    await visit.page.goto("/register")
    await visit.log_in(await with_password(house, await house.person("operator")))
    box = await visit.page.get_by_role("button", name="登记", exact=True).bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 768
    await visit.page.locator("summary", has_text="附件").click()
    await visit.page.locator("#file-register").set_input_files(file("a.png"))
    await visit.page.locator("#register .file-list li").wait_for()
    assert await visit.violations() == []
