"""Somebody at a browser: what they see, and everything that must never happen while they look."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from services.console.people.accounts import Accounts
from services.console.people.logins import Logins
from shared.postgres import open_pool
from tests.services.console.people import House, Person

ROOT = Path(__file__).resolve().parents[4]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PASSWORD = "样例 long enough"
OFFICE = {"width": 1366, "height": 768}


async def with_password(house: House, person: Person) -> str:
    """Give the person's account the sample password; gives its id."""
    pool = await open_pool(house.settings, 1)
    await Accounts(pool).prepare()
    await Logins(pool).prepare()
    await Logins(pool).set_password(person.account.id, PASSWORD)
    await pool.close()
    return person.account.id


@dataclass
class Visit:
    """A browser's window, and what went wrong in it: errors, refused contents, requests to another host."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)

    @classmethod
    async def begin(cls, browser: Browser, address: str, **options: Any) -> "Visit":
        """A new visitor without any cookie."""
        context: BrowserContext = await browser.new_context(
            base_url=address, viewport=options.pop("viewport", OFFICE), locale="zh-CN", **options
        )
        visit = cls(await context.new_page(), address)
        visit.page.on("console", visit._heard)
        visit.page.on("pageerror", lambda error: visit.wrong.append(f"error: {error}"))
        visit.page.on("request", visit._asked)
        return visit

    def _heard(self, message: ConsoleMessage) -> None:
        """Chromium reports every refused content (CSP) here too. A meant 4xx is also an error to it."""
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.wrong.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.address).netloc:
            self.wrong.append(f"asked {request.url}")

    async def end(self) -> None:
        """Close the window; AssertionError if anything went wrong in it."""
        await self.page.context.close()
        assert self.wrong == []

    async def log_in(self, name: str, password: str = PASSWORD) -> None:
        """By the form that is shown."""
        await self.page.get_by_label("账号").fill(name)
        await self.page.get_by_label("密码").fill(password)
        await self.page.get_by_role("button", name="登录").click()

    async def violations(self) -> list[str]:
        """What axe-core finds on the page that is shown."""
        await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = await self.page.evaluate("tags => axe.run(document, {runOnly: tags})", RULES)
        return [
            f"{one['id']}: {one['help']}: {node['html'][:200]}"
            for one in found["violations"]
            for node in one["nodes"]
        ]

    async def scrolls_sideways(self) -> bool:
        """Whether the page is wider than the window."""
        wide: bool = await self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        return wide


async def send(page: Page, act: str, *chosen: str, **typed: str) -> None:
    """On a ticket's page, fill in the form of that name and send it: ``chosen`` are ticked, ``typed`` by label."""
    action = page.locator(".action", has=page.locator("summary", has_text=act))
    if await action.get_attribute("open") is None:
        await action.locator("summary").click()
    for label in chosen:
        await action.get_by_label(label, exact=True).check()
    for label, value in typed.items():
        field = action.get_by_label(label)
        is_select = await field.evaluate("field => field.tagName === 'SELECT'")
        await (field.select_option(label=value) if is_select else field.fill(value))
    await action.get_by_role("button", name=act).click()
