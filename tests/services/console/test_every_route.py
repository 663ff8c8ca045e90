"""What holds for every route that there is: who may come in, what strangers learn, what a hostile request gets."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from html import escape, unescape
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import httpx
import pytest_asyncio
from fastapi.routing import APIRoute

from services.console.api.callers import EVERY_ROLE
from services.console.api.openapi import roles_of
from services.console.pages.shown import SHANGHAI
from services.console.paper.workbook import TYPE
from shared.postgres import open_pool
from tests.services.console.browser.visiting import PASSWORD
from tests.services.console.people import ANSWERED, Crew, House, Person
from tests.services.console.test_routes import ROUTES
from tests.services.console.test_search import mark
from tests.services.console.windowless import Pages, pages_of

ELSEWHERE = "without-tickets"
INSIDE = [route for route in ROUTES if roles_of(route)]
PAGES = [route for route in INSIDE if not route.path.startswith("/api/")]
SCRIPT = "<script>alert(1)</script>"
ODD = (
    *(SCRIPT, "\0", "\u202e样例", "👷" * 300, "9" * 40, "-1", "1:x", "'; --", "//elsewhere.example"),
    *("9999-12", "0001-01", "9999-12-31", "0001-01-01", "9999-12-31T23:59"),
)
PARTS = {
    "queue": "review",
    "action": "amend",
    "form": "assignment",
    "figure": "received",
    "part": "received",
    "by": "units",
    "key": "water",
    "unit": "water",
    "tally": "received",
    "view": "1",
    "partition": "0",
    "digest": "a" * 64,
    "source": "0",
}
"""What stands in an address where it does not matter."""
TEXT = {"text": "样例"}
ENDLESS = ("/live", "/logout", "/logout/everywhere")
"""A stream, and what would end the login of the tests that come after."""
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/tickets/{ticket}/look": {"fields": ["text"], "purpose": "inquiry"},
    "POST /api/tickets/{ticket}/files/{digest}": {"purpose": "inquiry"},
}
"""What is asked of a ticket, where it is no text."""
TYPED = f"{SCRIPT}\n第二行 \u202e样例 👷 \"'&"
FIELD = re.compile(
    r'<(?:input type="hidden"|textarea) name="([^"]*)"(?: value="([^"]*)">|[^>]*>\n([^<]*)</textarea>)'
)


def method_of(route: APIRoute) -> str:
    return min(route.methods or ())


def name_of(route: APIRoute) -> str:
    return f"{method_of(route)} {route.path}"


def address_of(route: APIRoute, ticket: str = "no-such-ticket", **parts: str) -> str:
    given = PARTS | ({"part": "count"} if route.path.startswith("/figures") else {}) | parts
    return route.path_format.format(**{name: given.get(name, ticket) for name in route.param_convertors})


def of_api(route: APIRoute) -> bool:
    return route.path.startswith("/api/")


def posts(route: APIRoute) -> bool:
    return method_of(route) == "POST"


class Everyone:
    """A person of each role, logged in, at a jurisdiction."""

    def __init__(self, pages: dict[str, Pages], people: dict[str, Person]) -> None:
        self.pages = pages
        self.people = people

    @classmethod
    async def at(cls, house: House, jurisdiction: str, stack: AsyncExitStack) -> "Everyone":
        people: dict[str, Person] = {
            role: await house.person(role, "water" if role == "unit" else None, at=jurisdiction)
            for role in EVERY_ROLE
        }
        pages = {role: await stack.enter_async_context(pages_of(house, one)) for role, one in people.items()}
        return cls(pages, people)

    def asks(self, role: str, route: APIRoute, address: str, **typed: object) -> httpx.Response:
        """The answer to a proper request of that role: pages by the login, the API by the token."""
        if not posts(route):
            http = self.people[role].http if of_api(route) else self.pages[role].http
            return http.get(address)
        if of_api(route):
            return self.people[role].http.post(address, json=typed)
        pages = self.pages[role]
        return pages.http.post(address, data={"_csrf": pages.csrf, **typed})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(house: House) -> str:
    return await house.place()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crew(house: House, place: str) -> Crew:
    return await house.crew(place)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def everyone(house: House, place: str) -> AsyncIterator[Everyone]:
    async with AsyncExitStack() as stack:
        yield await Everyone.at(house, place, stack)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strangers(house: House) -> AsyncIterator[Everyone]:
    async with AsyncExitStack() as stack:
        yield await Everyone.at(house, ELSEWHERE, stack)


async def test_a_page_is_written_to_by_its_own_forms_only(everyone: Everyone) -> None:
    taken = []
    for route in filter(posts, PAGES):
        role, *_ = roles_of(route) or ()
        pages, address = everyone.pages[role], address_of(route)
        others = next(one.csrf for one in everyone.pages.values() if one is not pages)
        for typed, headers in (
            ({}, {}),
            ({"_csrf": others}, {}),
            ({"_csrf": pages.csrf}, {"Origin": "http://elsewhere.example"}),
            ({"_csrf": pages.csrf}, {"Origin": "http://["}),
        ):
            answer = pages.http.post(address, data=typed, headers=headers)
            if (answer.status_code, "csrf_refused" in answer.text) != (403, True):
                taken.append((name_of(route), typed, headers, answer.status_code))
    assert taken == []
    assert everyone.pages["operator"].gets("/").status_code == 200


async def test_a_route_lets_in_its_roles_and_nobody_else(house: House, everyone: Everyone) -> None:
    wrong: list[tuple[str, str, int]] = []
    for route in INSIDE:
        for role in EVERY_ROLE:
            if role not in (roles_of(route) or ()):
                answer = everyone.asks(role, route, address_of(route))
                if (answer.status_code, "not_your_role" in answer.text) != (403, True):
                    wrong.append((name_of(route), role, answer.status_code))
        with httpx.Client(base_url=house.address, trust_env=False) as nobody:
            answer = nobody.request(method_of(route), address_of(route))
            if answer.status_code != (303 if route in PAGES and not posts(route) else 401):
                wrong.append((name_of(route), "nobody", answer.status_code))
    assert wrong == []


async def test_a_stranger_cannot_tell_anothers_ticket_from_none_and_is_kept(
    house: House, crew: Crew, strangers: Everyone
) -> None:
    ticket, told, asked = crew.steps("register", "assign", "sign").ticket, [], set()
    for route in INSIDE:
        if "ticket" not in route.param_convertors:
            continue
        for role in roles_of(route) or ():
            answer, of_none = (
                strangers.asks(role, route, address_of(route, one), **BODIES.get(name_of(route), TEXT))
                for one in (ticket, "none")
            )
            if (answer.status_code, of_none.status_code) != (404, 404) or ticket in answer.text.replace(
                escape(address_of(route, ticket)), ""
            ):
                told.append((name_of(route), role, answer.status_code, of_none.status_code))
            asked.add((role, name_of(route)))
    assert not told, "\n".join(map(str, told))
    pool = await open_pool(house.settings, 1)
    rows = await pool.fetch("SELECT role, address FROM desk.trespasses WHERE ticket = $1", ticket)
    await pool.close()
    assert {tuple(row) for row in rows} == asked


async def test_nobody_of_another_jurisdiction_meets_a_ticket_on_any_page_or_in_any_file(
    crew: Crew, everyone: Everyone, strangers: Everyone
) -> None:
    word = mark()
    crew.step("register", title=f"样例:{word}")
    told = crew.steps(*ANSWERED[1:-1]).step("answer").json()
    number = crew.operator.reads(f"/api/tickets/{told['ticket']}")["number"]
    everyone.pages["operator"].posts(
        "/views", address=f"/search?q={word}", name=word, audience="jurisdiction"
    )
    partition, _, source = told["token"].partition(":")
    asked = {"q": word, "month": f"{datetime.now(SHANGHAI):%Y-%m}", "token": told["token"]}

    def tells(answer: httpx.Response, *marks: str) -> bool:
        return any(one in text_of(answer) for one in (told["ticket"], number, *marks))

    def met_by(people: Everyone) -> set[str]:
        """The pages and files that tell of it."""
        found = set()
        for route in PAGES:
            if posts(route) or "ticket" in route.param_convertors:
                continue
            address = address_of(route, partition=partition, source=source)
            known = {field.alias for field in route.dependant.query_params} | {"token"}
            sought = route.path.startswith("/search")
            query = {
                name: value for name, value in asked.items() if name in known or (sought and name == "q")
            }
            marks = () if sought else (word,)
            if any(
                tells(people.pages[role].gets(address, **query), *marks) for role in roles_of(route) or ()
            ):
                found.add(route.path)
        ticked = {f"ticket.{told['ticket']}": "on", "list": "/tickets"}
        pages = people.pages["operator"]
        return found | {act for act in ("export", "print") if tells(pages.posts("/bulk", act=act, **ticked))}

    assert met_by(everyone) >= {
        "/tickets",
        "/tickets.xlsx",
        "/search",
        "/search.xlsx",
        "/queues/{queue}",
        "/queues/{queue}.xlsx",
        "/desk/{queue}",
        "/entries/{partition}/{source}",
        "/entries/{partition}/{source}/bytes",
        "/wall/{tally}",
        "/ledger/{part}",
        "/figures/{figure}/{part}",
        "/views",
        "/views/strip",
        "export",
        "print",
    }
    assert met_by(strangers) == set()


async def test_no_address_breaks_a_page_or_comes_back_as_markup(crew: Crew, everyone: Everyone) -> None:
    ticket = crew.steps("register").ticket
    crew.operator.reads(f"/api/tickets/{ticket}")
    broken = []
    for route in PAGES:
        if posts(route):
            continue
        role, *_ = roles_of(route) or ()
        for name in [field.alias for field in route.dependant.query_params] + ["token"]:
            for odd in ODD:
                answer = everyone.pages[role].gets(address_of(route, ticket), **{name: odd})
                if answer.status_code >= 500 or SCRIPT in answer.text:
                    broken.append((name_of(route), name, odd[:20], answer.status_code))
    assert not broken, "\n".join(map(str, broken))


async def test_whatever_is_sent_is_kept_by_no_cache_and_guessed_at_by_no_browser(everyone: Everyone) -> None:
    bare = []
    for route in INSIDE:
        if route.path in ENDLESS:
            continue
        role, *_ = roles_of(route) or ()
        answer = everyone.asks(role, route, address_of(route))
        headers = answer.headers
        kept = (
            headers.get("cache-control") == "no-store" and headers.get("x-content-type-options") == "nosniff"
        )
        if not kept:
            bare.append((name_of(route), answer.status_code))
    assert bare == []


async def test_a_mark_that_turns_writing_turns_none_of_a_refusal(crew: Crew, everyone: Everyone) -> None:
    ticket = crew.steps("register").ticket
    crew.operator.reads(f"/api/tickets/{ticket}")
    pages = everyone.pages["operator"]
    refused = pages.posts(f"/tickets/{ticket}/amend", topic="\u202egnp", _key="k").text
    for _ in range(100):
        later = pages.gets(f"/tickets/{ticket}").text
        if "gnp" in later:
            break
    for page in (refused, later):
        assert "[U+202E]gnp" in page
        assert "\u202e" not in re.sub(r'value="[^"]*"', "", page)


async def test_what_was_typed_without_a_login_comes_through_it_whatever_the_form(
    house: House, everyone: Everyone
) -> None:
    lost = []
    with httpx.Client(base_url=house.address, trust_env=False, timeout=30) as browser:
        for route in filter(posts, PAGES):
            answer = browser.post(
                address_of(route), data={"text": TYPED, "ticket": ["one", "two"], "_key": "k"}
            )
            kept = fields_in(answer.text)
            if answer.status_code != 401 or kept != {
                "next": address_of(route),
                "kept.text": TYPED,
                "kept.ticket": "one\ntwo",
                "kept._key": "k",
            }:
                lost.append((name_of(route), answer.status_code, kept))
        assert not lost, "\n".join(map(str, lost))
        name = {"name": everyone.pages["unit"].name, "password": PASSWORD}
        kept = {name: text.replace("\n", "\r\n") for name, text in kept.items()}
        back = browser.post("/login", data={**name, **kept})
        again = fields_in(back.text)
        assert again.pop("_csrf")
        assert again == {"text": TYPED, "ticket": "one\ntwo", "_key": "k"}


async def test_a_button_pressed_without_a_login_leads_to_the_first_page(house: House) -> None:
    with httpx.Client(base_url=house.address, trust_env=False) as browser:
        for address in ("/logout", "/logout/everywhere"):
            assert fields_in(browser.post(address).text) == {"next": "/"}


def text_of(answer: httpx.Response) -> str:
    """What an answer says, a workbook included."""
    if answer.headers.get("content-type") != TYPE:
        return answer.text
    with ZipFile(BytesIO(answer.content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


def fields_in(page: str) -> dict[str, str]:
    """The hidden fields and the texts of a page's forms."""
    return {name: unescape(value or text) for name, value, text in FIELD.findall(page)}
