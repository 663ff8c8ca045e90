"""The front door in a real browser: in and out, and nothing through it that another site sent."""

import httpx
import pytest

from shared.postgres import open_pool
from tests.services.console.browser.conftest import Visitor
from tests.services.console.browser.visiting import PASSWORD, with_password
from tests.services.console.people import Crew, House

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_login_leads_to_the_page_that_was_wanted_and_a_logout_ends_it(
    house: House, visitor: Visitor
) -> None:
    name = await with_password(house, await house.person("operator"))
    visit = await visitor()
    await visit.page.goto("/tickets?stage=signed")
    await visit.log_in(name)
    assert visit.page.url.endswith("/tickets?stage=signed")
    await visit.page.locator(".account summary").click()
    await visit.page.get_by_role("button", name="退出", exact=True).click()
    await visit.page.goto("/tickets")
    assert "/login?next=" in visit.page.url


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    house: House, visitor: Visitor
) -> None:
    name = await with_password(house, await house.person("operator"))
    visit, said = await visitor(), []
    for who in (name, "nobody"):
        await visit.page.goto("/login")
        await visit.log_in(who, "wrong password")
        said.append(await visit.page.locator("main").inner_text())
    assert said[0] == said[1]
    assert "账号或密码不对" in said[0]


async def test_logging_out_everywhere_ends_the_login_of_another_browser(
    house: House, visitor: Visitor
) -> None:
    name = await with_password(house, await house.person("operator"))
    one, other = await visitor(), await visitor()
    for visit in (one, other):
        await visit.page.goto("/")
        await visit.log_in(name)
    await one.page.locator(".account summary").click()
    await one.page.get_by_role("button", name="退出所有设备").click()
    await other.page.goto("/")
    assert "/login" in other.page.url


async def test_the_cookie_is_for_the_server_alone(house: House, visitor: Visitor) -> None:
    name = await with_password(house, await house.person("operator"))
    visit = await visitor()
    await visit.page.goto("/")
    await visit.log_in(name)
    (cookie,) = await visit.page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    with httpx.Client(base_url=house.address, trust_env=False) as behind_tls:
        form = {"name": name, "password": PASSWORD}
        answer = behind_tls.post("/login", data=form, headers={"X-Forwarded-Proto": "https"})
    assert "secure" in answer.headers["set-cookie"].lower()


async def test_a_write_without_the_pages_own_token_or_from_another_site_is_refused(house: House) -> None:
    name = await with_password(house, await house.person("operator"))
    with httpx.Client(base_url=house.address, trust_env=False) as browser:
        form = {"name": name, "password": PASSWORD}
        foreign = {"Origin": "http://elsewhere.example"}
        assert browser.post("/login", data=form, headers=foreign).status_code == 403
        assert browser.post("/login", data=form).status_code == 303
        csrf = browser.get("/").text.partition('name="_csrf" value="')[2].partition('"')[0]
        for typed, headers in (({}, {}), ({"_csrf": "guess"}, {}), ({"_csrf": csrf}, foreign)):
            answer = browser.post("/logout", data=typed, headers=headers)
            assert (answer.status_code, "csrf_refused" in answer.text) == (403, True)
        assert browser.get("/").status_code == 200
        assert browser.post("/logout", headers={"X-CSRF-Token": csrf}).status_code == 303


async def test_a_login_leads_nowhere_outside_the_console(house: House) -> None:
    name = await with_password(house, await house.person("operator"))
    with httpx.Client(base_url=house.address, trust_env=False) as browser:
        for outside in ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/"):
            form = {"name": name, "password": PASSWORD, "next": outside}
            assert browser.post("/login", data=form).headers["location"] == "/"


async def test_what_was_typed_when_the_login_was_over_comes_through_the_next_one(
    house: House, visitor: Visitor
) -> None:
    operator = await house.person("operator")
    crew = Crew(operator, operator, operator).steps("register")
    name = await with_password(house, operator)
    visit = await visitor()
    await visit.page.goto(f"/tickets/{crew.ticket}")
    await visit.log_in(name)
    await visit.page.get_by_text("补充更正", exact=True).first.click()
    typed = '样例:第一行\n<script>alert("x")</script> 👷 \u202egnp'
    await visit.page.get_by_label("补充内容").fill(typed)
    pool = await open_pool(house.settings, 1)
    await pool.execute("UPDATE accounts.login SET ended = true WHERE account = $1", name)
    await pool.close()
    await visit.page.get_by_role("button", name="补充更正").click()
    assert "没有丢失" in await visit.page.locator("main").inner_text()
    await visit.log_in(name)
    assert await visit.page.locator("textarea").input_value() == typed
    await visit.page.get_by_role("button", name="提交").click()
    await visit.page.get_by_text("已记录").wait_for()
    kinds = [
        line["kind"]
        for line in operator.reads(f"/api/tickets/{crew.ticket}/timeline", token=token_in(visit.page.url))[
            "lines"
        ]
    ]
    assert kinds.count("Supplemented") == 1


def token_in(address: str) -> str:
    return httpx.URL(address).params["token"]
