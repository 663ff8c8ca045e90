"""Every screen, found as people find it: by following links from the first page, in each role's login.

Each is readable by all, no wider than the window also at twice the size, in one language, and without an error.
"""

import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from fastapi.routing import APIRoute
from playwright.async_api import Browser

from services.console.pages import SCREENS
from tests.services.console.browser.visiting import OFFICE, Visit, with_password
from tests.services.console.people import ANSWERED, CLOSED, SIGNED, SURVEYING, House, Person

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

TWICE = {"width": OFFICE["width"] // 2, "height": OFFICE["height"] // 2}
"""An office window at 200 %."""
NO_PAGES = re.compile(r"\.xlsx|/assets/|/favicon|/language/|/bytes$|/live")
"""Addresses that give a file or a stream, or lead back."""
NOT_BY_LINK = {
    "/login",
    "/t",
    "/t/progress",
    "/t/size/{size}",
    "/search",
    "/registered/{ticket}",
    "/signoffs/{ticket}",
    "/views/strip",
    "/phrases/offered",
    "/desk/{queue}/left/{ticket}",
    "/wall/board",
    "/styleguide",
}
"""Screens that a login does not lead to; they have tests of their own."""
BARRED = {
    "operator": ("/inbox", "/looks"),
    "unit": ("/register", "/risks", "/looks"),
    "supervisor": ("/register", "/inbox"),
    "auditor": ("/register", "/inbox"),
}
"""Screens that are not for a role, one for each others that they are for."""
WORDS = re.compile(r"[A-Za-z]{3,}")
ACCOUNT = re.compile(r"sample\.[0-9a-f]{12}")
PROGRAMS = {
    "Excel",
    "PDF",
    "SHA",
    "UTC",
    "HTTPS",
    "Ctrl",
    "Enter",
    "Esc",
    "Shift",
    "crypto",
    "subtle",
    "huiyin",
    "verify",
    "rebuild",
}
"""What is called so in every language: programs, keys, and what is typed."""
NAMES = "bdi, code, pre, textarea, .who, .number, [translate=no], [lang=en]"
"""What holds names, numbers and other people's texts."""


def patterns() -> dict[str, re.Pattern[str]]:
    """The addresses of pages, by route."""
    routes = [route for router in SCREENS for route in router.routes if isinstance(route, APIRoute)]
    return {
        route.path: route.path_regex
        for route in routes
        if route.methods == {"GET"} and not NO_PAGES.search(route.path)
    }


PAGES = patterns()


def route_of(address: str) -> str | None:
    path = urlsplit(address).path
    exact = [route for route in PAGES if route == path]
    return next((route for route in exact or PAGES if PAGES[route].match(path)), None)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def people(house: House) -> dict[str, Person]:
    """One of each role at a place of their own, and tickets at every stage."""
    at = await house.place()
    crew = await house.crew(at)
    for story in (("register",), SIGNED, (*SIGNED, "request-return"), ANSWERED, SURVEYING, CLOSED):
        crew.steps(*story)
    return {
        "operator": crew.operator,
        "unit": crew.water,
        "supervisor": await house.person("supervisor", at=at),
        "auditor": await house.person("auditor", at=at),
    }


@pytest_asyncio.fixture(loop_scope="module")
async def visit(chromium: Browser, house: House) -> AsyncIterator[Visit]:
    visit = await Visit.begin(chromium, house.address)
    yield visit
    await visit.end()


seen: set[str] = set()


@pytest.mark.parametrize("role", ["operator", "unit", "supervisor", "auditor"])
async def test_every_screen_of_a_role_is_sound(
    house: House, people: dict[str, Person], visit: Visit, role: str
) -> None:
    await visit.page.goto("/")
    await visit.log_in(await with_password(house, people[role]))
    await visit.page.locator("nav").first.wait_for()
    found, queue, wrong = {"/"}, ["/"], []
    while queue:
        address = queue.pop(0)
        answer = await visit.page.goto(address)
        assert answer
        if answer.status != 200:
            wrong.append(f"{address}: {answer.status}")
            continue
        wrong += [f"{address}: {one}" for one in await faults(visit)]
        for link in await visit.page.eval_on_selector_all(
            "a[href^='/']", "all => all.map(a => a.getAttribute('href'))"
        ):
            route = route_of(link)
            if route and route not in found and not NO_PAGES.search(link):
                found.add(route)
                queue.append(link)
    for address in BARRED[role]:
        answer = await visit.page.goto(address)
        assert (answer and answer.status) == 403
        wrong += [f"{address}: {one}" for one in await faults(visit)]
    seen.update(found)
    assert not wrong, "\n".join(wrong)


async def faults(visit: Visit) -> list[str]:
    """What is wrong with the page that is shown."""
    page = visit.page
    await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = await visit.violations()
    for window in (OFFICE, TWICE):
        await page.set_viewport_size(window)  # type: ignore[arg-type]
        if await visit.scrolls_sideways():
            found.append(f"wider than {window['width']} px")
    await page.set_viewport_size(OFFICE)  # type: ignore[arg-type]
    text = await page.evaluate(
        """names => {
          const copy = document.body.cloneNode(true);
          copy.querySelectorAll("noscript").forEach(one => one.replaceWith(
            new DOMParser().parseFromString(one.textContent, "text/html").body));
          copy.querySelectorAll(names).forEach(one => one.remove());
          const said = [...copy.querySelectorAll("*")].flatMap(one =>
            ["aria-label", "title", "placeholder", "alt"].map(name => one.getAttribute(name) || ""));
          return [document.title, copy.textContent, ...said].join(" ");
        }""",
        NAMES,
    )
    found += [f"English: {word}" for word in sorted(set(WORDS.findall(ACCOUNT.sub("", text))) - PROGRAMS)]
    return found


async def test_every_screen_is_found_by_following_links(people: dict[str, Person]) -> None:
    assert len(seen) > 1, "the roles' walks come first"
    assert set(PAGES) - seen - NOT_BY_LINK == set()
