"""``python -m demo.pictures``: the screenshots of the docs, of the console of a demo that runs on this machine.

Every picture is of the real pages with the demo's sample data, in both languages, in ``docs/pictures/<language>/``.
Some take a step of somebody's work on their way: a ticket is signed, a text is opened and the look recorded.
"""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from deploy.local import environment
from deploy.local.services import services

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
OFFICE, PHONE, WALL = (1366, 720), (390, 844), (1600, 900)
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
SETTLED = 800
"""Milliseconds in which a page has shown what it was asked for."""
NOBODY, CITIZEN = "", "citizen"
Form = dict[str, str | float | bool]


class NoDemo(SystemExit):
    """There are no sample logins: no demo runs here."""


Step = Callable[[Page], Awaitable[None]]
"""What somebody does on a page before its picture is taken."""


def click(selector: str) -> Step:
    """Follow a link or press a button."""

    async def step(page: Page) -> None:
        await page.locator(selector).first.click()
        await page.wait_for_load_state()

    return step


def press(*keys: str) -> Step:
    """Keys one after the other, each once the page has taken in the one before."""

    async def step(page: Page) -> None:
        for key in keys:
            await page.keyboard.press(key)
            await page.wait_for_timeout(SETTLED)

    return step


def fill(**fields: str) -> Step:
    """Type into fields by their names; lists of choices get the choice of that code."""

    async def step(page: Page) -> None:
        for name, text in fields.items():
            field = page.locator(f"main [name={name}]").first
            choosing = await field.evaluate("field => field.tagName") == "SELECT"
            await (field.select_option(text) if choosing else field.fill(text))

    return step


def scroll(selector: str) -> Step:
    """To what lies below."""

    async def step(page: Page) -> None:
        await page.locator(selector).first.evaluate("part => part.scrollIntoView()")

    return step


class Picture(NamedTuple):
    """A screen as somebody sees it after those steps; ``who`` is an account, or nobody."""

    name: str
    who: str
    address: str
    steps: tuple[Step, ...] = ()
    size: tuple[int, int] = OFFICE


CALL = fill(
    phone="13800000000",
    name="样例诉求人",
    place="town",
    address="样例路 1 号",
    topic="road",
    title="样例:人行道地砖松动",
    text="样例诉求:今天早上在样例路 1 号门前,人行道地砖松动,行人绊倒,请尽快修好。",
)
ANSWER = (
    click("#do-contact [value=phone]"),
    click("#do-contact [name=reached][value=true]"),
    fill(record="样例:已电话联系,说明更换计划。"),
    click("#do-contact button:not([type=button])"),
    fill(
        reply="样例答复:该路段老旧水管已列入本年度更换计划,将分三段施工。",
        feedback="样例反馈:已与住建局核对施工计划。",
    ),
    click("#do-answer [name=solved][value=true]"),
    click("#do-answer button:not([type=button])"),
)
DISSATISFIED = click("label[for=grade-dissatisfied]")
CLOSED = "/tickets?stage=closed&channel=hotline"
FIRST, LAST = click("tbody .number a"), click("tbody tr:last-child .number a")
PAST = click("a[href$='/as-of']")

PICTURES = (
    Picture("operator-home", "yichun.operator", "/"),
    Picture("operator-register", "yichun.operator", "/register", (CALL,)),
    Picture("operator-triage", "yichun.operator", "/desk/triage", (press("o", "1"),)),
    Picture(
        "operator-ruling",
        "yichun.operator",
        "/returns",
        (click(".waiting a:has-text('隔音板')"),),
    ),
    Picture("operator-review", "yichun.operator", "/desk/review", (press("o"), scroll("header"))),
    Picture("operator-survey", "yichun.operator", "/desk/survey", (press("o", "1"), scroll("header"))),
    Picture("unit-inbox", "yichun.water_company", "/inbox"),
    Picture(
        "unit-ticket",
        "yichun.water_company",
        "/inbox?group=sign",
        (LAST, click("#do-sign button")),
    ),
    Picture("unit-answer", "yichun.water_company.handler", "/inbox?group=contact", (LAST, *ANSWER)),
    Picture(
        "unit-signoff",
        "yichun.water_company.approver",
        "/inbox?group=signoff",
        (FIRST, click("a.button[href^='/signoffs/']")),
    ),
    Picture("unit-phone", "yichun.water_company", "/inbox", (), PHONE),
    Picture("supervisor-risks", "yichun.supervisor", "/risks"),
    Picture("supervisor-figures", "yichun.supervisor", "/figures?sort=satisfied_share"),
    Picture("supervisor-time", "yichun.supervisor", "/time"),
    Picture("supervisor-wall", "yichun.supervisor", "/wall", (), WALL),
    Picture("auditor-as-of", "yichun.auditor", CLOSED, (FIRST, PAST, press(*"[" * 6))),
    Picture("auditor-entry", "yichun.auditor", CLOSED, (FIRST, PAST, click("main a[href^='/entries/']"))),
    Picture("auditor-chain", "yichun.auditor", "/chain"),
    Picture("auditor-looks", "yichun.auditor", "/looks"),
    Picture("citizen-door", NOBODY, "/t", (), PHONE),
    Picture("citizen-progress", CITIZEN, "/t/progress", (), PHONE),
    Picture("citizen-rating", CITIZEN, "/t/progress", (DISSATISFIED, scroll(".grades")), PHONE),
)


def forms(file: Path) -> dict[str, tuple[str, Form]]:
    """Who → the address and form by which they come in, as the demo wrote it down. Raises NoDemo."""
    if not file.exists():
        raise NoDemo("no demo runs here: start it in another terminal with `make demo`")
    known = file.read_text(encoding="utf-8")
    told = re.search(r"number (\d+) .*code (\d+)", known)
    if told is None:
        raise NoDemo("the demo has no ticket to be rated yet: wait a minute after its start")
    logins = [line.split()[:2] for line in known.splitlines() if not line.startswith("#")]
    found: dict[str, tuple[str, Form]] = {
        name: ("/login", {"name": name, "password": password}) for name, password in logins
    }
    return found | {CITIZEN: ("/t", {"number": told[1], "code": told[2]})}


async def main(wanted: Iterable[str]) -> None:
    """Take those pictures, or all."""
    known = forms(environment.home() / "logins.txt")
    address = next(service.address for service in services() if service.name == "console")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for picture in PICTURES:
            if picture.name in wanted or not wanted:
                for language in LANGUAGES:
                    async with somebody(browser, address, picture, language) as context:
                        if picture.who:
                            await come_in(context, *known[picture.who])
                        await take(context, picture, language)
        await browser.close()


@asynccontextmanager
async def somebody(
    browser: Browser, address: str, picture: Picture, language: str
) -> AsyncIterator[BrowserContext]:
    """A browser of their own, in Beijing's time."""
    width, height = picture.size
    context = await browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        locale=LANGUAGES[language],
        timezone_id="Asia/Shanghai",
    )
    try:
        yield context
    finally:
        await context.close()


async def come_in(context: BrowserContext, address: str, form: Form) -> None:
    """Log in, or open a ticket by its code. Raises NoDemo."""
    answer = await context.request.post(address, form=form)
    if not answer.ok:
        raise NoDemo(f"{address}: {answer.status}; is the demo that runs the one of this folder?")


async def take(context: BrowserContext, picture: Picture, language: str) -> None:
    """Go there, do the steps, and write the file."""
    page = await context.new_page()
    await page.goto(f"/language/{language}?next={quote(picture.address)}")
    for step in picture.steps:
        await step(page)
    await page.wait_for_timeout(SETTLED)
    file = FOLDER / language / f"{picture.name}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=file)
    print(file.relative_to(FOLDER.parents[1]))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
