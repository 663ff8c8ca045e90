"""``python -m demo.pictures``: the screenshots of the docs, of the console of a demo that runs on this machine.

Every picture is of the real pages with the demo's sample data, in both languages, in ``docs/pictures/<language>/``.
"""

import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import Browser, BrowserContext, async_playwright

from deploy.local import environment
from deploy.local.services import services

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
OFFICE, PHONE, WALL = (1366, 768), (390, 844), (1920, 1080)
LANGUAGES = ("zh", "en")


class NoDemo(SystemExit):
    """There are no sample logins: no demo runs here."""


class Picture(NamedTuple):
    """A screen as somebody sees it; ``opens`` are clicked one after the other before it is taken."""

    name: str
    who: str
    address: str
    opens: tuple[str, ...] = ()
    size: tuple[int, int] = OFFICE


PICTURES = (
    Picture("operator-home", "yichun.operator", "/"),
    Picture("operator-register", "yichun.operator", "/register"),
    Picture("operator-triage", "yichun.operator", "/desk/triage"),
    Picture("operator-ruling", "yichun.operator", "/returns", ("main a[href^='/returns/']",)),
    Picture("operator-review", "yichun.operator", "/desk/review"),
    Picture("unit-inbox", "yichun.water_company", "/inbox"),
    Picture("unit-ticket", "yichun.water_company", "/inbox", ("tbody .number a",)),
    Picture("unit-phone", "yichun.water_company", "/inbox", (), PHONE),
    Picture("supervisor-risks", "yichun.supervisor", "/risks"),
    Picture("supervisor-figures", "yichun.supervisor", "/figures"),
    Picture("supervisor-wall", "yichun.supervisor", "/wall", (), WALL),
    Picture("auditor-as-of", "yichun.auditor", "/tickets", ("tbody .number a", "a[href*='as-of']")),
    Picture(
        "auditor-entry",
        "yichun.auditor",
        "/tickets",
        ("tbody .number a", "a[href*='as-of']", "main a[href^='/entries/']"),
    ),
    Picture("auditor-chain", "yichun.auditor", "/chain"),
    Picture("auditor-looks", "yichun.auditor", "/looks"),
    Picture("citizen-door", "", "/t", (), PHONE),
)


def passwords(file: Path) -> dict[str, str]:
    """Account → password, as the demo wrote them down. Raises NoDemo."""
    if not file.exists():
        raise NoDemo("no demo runs here: start it in another terminal with `make demo`")
    lines = [
        line.split() for line in file.read_text(encoding="utf-8").splitlines() if line[:1] not in ("#", "")
    ]
    return {name: password for name, password, *_ in lines}


async def main(wanted: Iterable[str]) -> None:
    """Take those pictures, or all."""
    known = passwords(environment.home() / "logins.txt")
    address = next(service.address for service in services() if service.name == "console")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for picture in PICTURES:
            if picture.name in wanted or not wanted:
                for language in LANGUAGES:
                    await _take(browser, address, picture, language, known.get(picture.who, ""))
        await browser.close()


async def _take(browser: Browser, address: str, picture: Picture, language: str, password: str) -> None:
    width, height = picture.size
    context = await browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        locale="zh-CN" if language == "zh" else "en-GB",
        timezone_id="Asia/Shanghai",
    )
    try:
        if picture.who:
            await _log_in(context, picture.who, password)
        page = await context.new_page()
        await page.goto(f"/language/{language}?next={picture.address}")
        for selector in picture.opens:
            await page.locator(selector).first.click()
            await page.wait_for_load_state()
        await page.wait_for_timeout(800)
        file = FOLDER / language / f"{picture.name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=file)
        print(file.relative_to(FOLDER.parents[1]))
    finally:
        await context.close()


async def _log_in(context: BrowserContext, name: str, password: str) -> None:
    answer = await context.request.post("/login", form={"name": name, "password": password})
    if not answer.ok:
        raise NoDemo(
            f"{name}: cannot log in ({answer.status}); is the demo that runs the one of this folder?"
        )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
