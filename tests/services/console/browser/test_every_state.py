"""Every screen in each of its states - filled, empty, refused, a dialog open - is readable by all (WCAG 2.2 AA).

The table (``states.py``) has a line for every page that there is; what a screen is never in, it gives the reason for.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from secrets import token_hex

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from deploy.local.postgres import create_database, drop_database
from services.console.api.callers import EVERY_ROLE
from services.console.pages.inside import COOKIE, csrf_from
from tests.running.services import Running
from tests.services.console.browser.states import SCREENS, WALKED, Way, Who
from tests.services.console.browser.test_every_screen import NOT_BY_LINK, PAGES
from tests.services.console.browser.visiting import Visit, with_password
from tests.services.console.citizens import code_of, number_of
from tests.services.console.people import ANSWERED, CLOSED, SIGNED, SURVEYING, House, Person, tell
from tests.services.console.queueing import no_rule
from tests.services.console.windowless import pages_of

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

TALL = {"width": 1366, "height": 4000}
"""So tall that nothing lies under what sticks to the window's edge."""
STORIES: dict[str, tuple[str, ...]] = {
    "registered": ("register",),
    "assigned": ("register", "assign"),
    "signed": SIGNED,
    "returning": (*SIGNED, "request-return"),
    "passed": (*SIGNED, "request-return", "rule-on-return"),
    "written": (*SIGNED, "contact"),
    "answered": ANSWERED,
    "skipped": SURVEYING,
    "surveying": SURVEYING,
    "closed": CLOSED,
    "rated": SURVEYING,
}
"""The tickets by the names that stand for them in addresses."""
DRAFT = {"reply": "样例:阀门已更换。", "feedback": "样例:更换阀门一只。", "solved": "true"}


class Places:
    """A place with a ticket of every story and one without any; everybody has a window at both."""

    def __init__(self, chromium: Browser, house: House, stack: AsyncExitStack) -> None:
        self._chromium, self._house, self._stack = chromium, house, stack
        self._windows: dict[tuple[Who, bool], Visit] = {}
        self._people: dict[tuple[Who, bool], Person] = {}
        self._held = ("", "")
        self.names: dict[str, str] = {}

    async def fill(self) -> None:
        """Tell the stories, and do what leaves a trace elsewhere: a view, a skip, a look, a file, a trespass."""
        bare, at = await self._house.place(), await self._house.place()
        crew = await self._house.crew(at)
        for who in EVERY_ROLE:
            self._people[who, False] = await self._house.person(
                who, "water" if who == "unit" else None, at=at
            )
            self._people[who, True] = await self._house.person(
                who, "water" if who == "unit" else None, at=bare
            )
        for name, story in STORIES.items():
            self.names[name] = crew.steps(*story).ticket
        for ticket in (self.names["signed"], "none"):
            crew.operator.does(ticket, "look", fields=["text"], purpose="inquiry")
        self.names["triage"] = crew.operator.registers(topic="road", place="west").json()["ticket"]
        await tell(self._house.settings, no_rule(self.names["triage"], at))
        self._held = number_of(crew), await code_of(self._house, crew.ticket)
        self._people["operator", False] = crew.operator
        place = crew.operator.reads(f"/api/tickets/{self.names['registered']}/timeline")["lines"][0]
        self.names["entry"] = f"{place['partition']}/{place['source']}"
        async with pages_of(self._house, crew.operator) as pages:
            pages.posts("/views", address="/tickets", name="样例", audience="person")
            pages.page("/desk/survey")
            pages.posts("/desk/survey/skip", ticket=self.names["skipped"], reason="样例")
            pages.gets("/tickets.xlsx")
        async with pages_of(self._house, crew.water) as pages:
            pages.posts(f"/signoffs/{self.names['written']}", **DRAFT)
            pages.posts("/phrases", text="样例:已到现场查看。", audience="unit")
            pages.gets(f"/signoffs/{self.names['passed']}")

    async def window(self, who: Who, bare: bool) -> Visit:
        """That of one of the role, logged in; a citizen's has entered number and code."""
        if (who, bare) not in self._windows:
            visit = await Visit.begin(self._chromium, self._house.address, viewport=TALL)
            self._stack.push_async_callback(visit.end)
            self._windows[who, bare] = visit
            if who == "citizen":
                await visit.page.goto("/t")
                await visit.page.get_by_label("工单编号").fill(self._held[0])
                await visit.page.get_by_label("查询码").fill(self._held[1])
                await visit.page.get_by_role("button", name="查询").click()
                await visit.page.wait_for_url("**/t/progress")
            elif who != "nobody":
                await visit.page.goto("/")
                await visit.log_in(await with_password(self._house, self._people[who, bare]))
                await visit.page.locator("nav").first.wait_for()
        return self._windows[who, bare]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def places(chromium: Browser, house: House) -> AsyncIterator[Places]:
    async with AsyncExitStack() as stack:
        places = Places(chromium, house, stack)
        await places.fill()
        yield places


async def test_every_screen_has_a_line_in_the_table() -> None:
    assert set(SCREENS) == set(PAGES)
    unread = [path for path, screen in SCREENS.items() if path in NOT_BY_LINK and screen.filled == WALKED]
    assert unread == [], "no walk leads there"


@pytest.mark.parametrize("path", SCREENS)
async def test_a_screen_is_readable_by_all_in_each_of_its_states(places: Places, path: str) -> None:
    screen, wrong = SCREENS[path], []
    for ways in (screen.filled, screen.empty, screen.error, screen.dialog):
        for way in ways if isinstance(ways, tuple) else ():
            visit = await places.window(screen.who, way.bare)
            wrong += [f"{way.address} {way.shows}: {one}" for one in await faults(visit, way, places.names)]
    assert not wrong, "\n".join(wrong)


async def faults(visit: Visit, way: Way, names: dict[str, str]) -> list[str]:
    """What is wrong with a screen in a state."""
    answer = await visit.page.goto(way.address.format_map(names))
    assert answer
    assert answer.status == way.status, f"{way.address}: {answer.status}"
    if way.does:
        await way.does(visit.page)
    shows = way.shows.format_map(names) if "{" in way.shows else way.shows
    await visit.page.locator(f"{shows} >> visible=true").first.wait_for(timeout=10_000)
    return [*await visit.violations(), *(["wider than the window"] if await visit.scrolls_sideways() else [])]


@pytest.mark.parametrize(
    ("who", "address"),
    [("operator", "/chain"), ("unit", "/risks"), ("supervisor", "/inbox"), ("auditor", "/register")],
)
async def test_what_is_not_for_ones_role_says_so_readably(places: Places, who: Who, address: str) -> None:
    visit = await places.window(who, bare=False)
    assert await faults(visit, Way(address, ".refusal", status=403), {}) == []


async def test_what_is_away_is_said_readably_and_what_was_typed_is_offered_again(
    chromium: Browser, house: House, postgres: str, tmp_path: Path
) -> None:
    """A console whose Postgres was not given its views yet says the same as one without Postgres."""
    name = f"test_{token_hex(6)}"
    settings = house.settings.model_copy(update={"database": await create_database(postgres, name)})
    with Running(settings, tmp_path) as running:
        console = running.start("console", wait=False)
        await answers(console.address)
        away = House(settings, console.address)
        visit = await Visit.begin(chromium, console.address, viewport=TALL)
        await visit.page.goto("/styleguide")
        await visit.log_in(await with_password(away, await away.person("operator")))
        assert await faults(visit, Way("/tickets", ".refusal", status=503), {}) == []
        send = """csrf => {
          const form = document.body.appendChild(document.createElement("form"));
          form.method = "post"; form.action = "/register";
          for (const [name, value] of [["_csrf", csrf], ["text", "样例:写了很久"]])
            form.appendChild(Object.assign(document.createElement("input"), { name, value }));
          form.submit();
        }"""
        [login] = [one["value"] for one in await visit.page.context.cookies() if one["name"] == COOKIE]
        await visit.page.evaluate(send, csrf_from(login))
        await visit.page.locator("textarea >> text=样例:写了很久").wait_for()
        assert await visit.violations() == []
        await visit.end()
        away.close()
    await drop_database(postgres, name)


async def answers(address: str) -> None:
    """Wait until there is a page."""
    async with asyncio.timeout(60), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                await client.get(f"{address}/login")
                return
            except httpx.TransportError:
                await asyncio.sleep(0.1)
