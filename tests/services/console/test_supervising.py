"""The supervisor's pages: every number is the length of the list that it opens, and nobody sees beyond their own."""

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from itertools import pairwise
from urllib.parse import parse_qsl

import pytest
import pytest_asyncio

from services.console.days import month_of
from services.console.lists.listing import listing
from services.console.pages.supervising.ledger import months
from services.console.pages.supervising.supervision import highest
from shared.ids import ticket_id
from shared.ticket import commands as c
from shared.ticket.commands import Command, TicketBody
from shared.ticket.words import Actor, Past
from tests.sample import CIPHER
from tests.services.console.people import CLOSED, SIGNED, Crew, House, Person, tell
from tests.services.console.windowless import ROW, Pages, pages_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
MANY = 103
"""Imported tickets: more than a page shows."""


class Place:
    """A jurisdiction of its own with tickets of every kind, and its people."""

    def __init__(self, house: House, at: str, crew: Crew, chief: Person) -> None:
        self.house, self.at, self.crew, self.chief = house, at, crew, chief
        self.logins = AsyncExitStack()

    async def told(self, *asked: tuple[str, TicketBody, Actor, str]) -> None:
        """Commands of other services: ticket, body, actor, issuer."""
        now = datetime.now(UTC)
        await tell(
            self.house.settings,
            *[
                Command(secrets.token_hex(8), ticket, self.at, actor, issuer, now, body)
                for ticket, body, actor, issuer in asked
            ],
        )

    async def imported(self, how_many: int) -> None:
        """Tickets of another system's past: three in four closed, in two channels and several months."""
        asked = []
        for n in range(how_many):
            came = datetime.now(UTC) - timedelta(days=2 * n + 1)
            due, answered, closed = (came + timedelta(hours=hours) for hours in (9 if n % 5 else 20, 12, 20))
            unit = "water" if n % 3 else "road"
            past = Past(came, due, unit=unit)
            if n % 4:
                past = Past(
                    came, due, answered, closed, "completed", "satisfied" if n % 4 > 1 else None, unit
                )
            channel, account = ("hotline", "city") if n % 2 else ("wenzheng", "board")
            body = c.ImportHistory(channel, account, f"old-{n}", CIPHER, CIPHER, past)
            asked.append(
                (ticket_id(self.at, account, f"old-{n}"), body, Actor("import", "service"), "import")
            )
        await self.told(*asked)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(house: House) -> AsyncIterator[Place]:
    """The jurisdiction with its tickets."""
    at = await house.place()
    crew = await house.crew(at)
    place = Place(house, at, crew, await house.person("supervisor", at=at))
    await place.imported(MANY)
    for story in (("register",), SIGNED, (*SIGNED, "request-return"), (*SIGNED, "urge", "urge"), CLOSED):
        crew.steps(*story)
    async with place.logins:
        yield place


async def pages(place: Place, role: str, unit: str | None = None) -> Pages:
    """The pages of somebody of the place, who sees what was done so far."""
    person = await place.house.person(role, unit, at=place.at)
    person.met(place.crew.operator).reads("/api/tickets")
    return await place.logins.enter_async_context(pages_of(place.house, person))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chief(place: Place) -> Pages:
    """The supervisor."""
    return await pages(place, "supervisor")


SCREENS = [
    "/figures?from=2025-01-01",
    "/figures?from=2025-01-01&by=channels",
    "/figures?from=2025-01-01&kind=company&channel=hotline",
    "/risks",
    "/risks?group=passed_on&unit=water",
    "/supervision",
    "/ledger",
    "/wall",
    "/time?from=2025-01-01",
]


@pytest.mark.parametrize("screen", SCREENS)
async def test_every_number_of_a_page_is_the_length_of_its_list(chief: Pages, screen: str) -> None:
    numbers = chief.numbers(screen)
    assert any(numbers.values())
    for address, number in numbers.items():
        assert len(set(chief.listed(address))) == number, address


async def test_what_a_rate_is_of_and_what_it_leaves_out_are_all_that_was_received(chief: Pages) -> None:
    numbers = chief.numbers("/figures?from=2025-01-01")
    query = "from=2025-01-01"
    lists = {
        address.partition("?")[0]: set(chief.listed(address))
        for address in numbers
        if query in address and "key=" not in address
    }
    for rate in ("on_time_rate", "satisfaction_rate", "satisfied_share"):
        of, excluded = lists[f"/figures/{rate}/of"], lists[f"/figures/{rate}/excluded"]
        assert of | excluded == lists["/figures/received/count"]
        assert not of & excluded


async def test_a_unit_sees_its_own_row_and_no_other_units_tickets(place: Place) -> None:
    water = await pages(place, "unit", "water")
    numbers = water.numbers("/figures?from=2025-01-01")
    assert {address.partition("key=")[2].partition("&")[0] for address in numbers} == {"water"}
    address = "/figures/received/count?from=2025-01-01&by=units&key=road"
    assert water.listed(address) == []


async def test_what_came_and_what_is_left_balance_in_every_month_and_channel(chief: Pages) -> None:
    numbers = chief.numbers("/ledger?from=2026-01")
    months = {address.partition("?")[2] for address in numbers}
    assert len(months) > 12
    for month in months:
        carried, received, closed, still = (
            numbers[f"/ledger/{part}?{month}"] for part in ("carried", "received", "closed", "open")
        )
        assert carried + received == closed + still, month
    last = {address for address in numbers if "channel" not in address and "closed" in address}
    assert sum(numbers[address] for address in last)


async def test_what_was_open_at_the_end_of_a_month_is_carried_into_the_next(chief: Pages) -> None:
    numbers = chief.numbers("/ledger")
    opened = {a: n for a, n in numbers.items() if a.startswith("/ledger/open") and "channel" not in a}
    carried = {a: n for a, n in numbers.items() if a.startswith("/ledger/carried") and "channel" not in a}
    assert list(opened.values())[1:] == list(carried.values())[:-1]


async def test_the_months_of_the_ledger_follow_each_other_to_the_day_and_are_a_year_at_most() -> None:
    shown = months(month_of("2023-12"), month_of("2024-03"))
    days = [("2024-03", 31), ("2024-02", 29), ("2024-01", 31), ("2023-12", 31)]
    assert [(f"{one.first:%Y-%m}", one.last.day) for one in shown] == days
    assert all(later.start == earlier.end for later, earlier in pairwise(shown))
    assert len(months(month_of("2000-01"), month_of("2024-03"))) == 12


async def test_each_ticked_ticket_is_urged_or_refused_by_itself(place: Place, chief: Pages) -> None:
    signed, closed = (place.crew.steps(*story).ticket for story in (SIGNED, CLOSED))
    place.crew.operator.reads("/api/tickets")
    chosen = {"list": "/risks?group=passed_on"}
    chosen |= dict.fromkeys([f"ticket.{signed}", f"ticket.{closed}", "ticket.nobody"], "on")
    form = chief.posts("/bulk", act="urge", **chosen).text
    assert "催办 2 件" in form
    for ticket in (signed, closed):
        assert place.crew.operator.reads(f"/api/tickets/{ticket}")["number"] in form
    assert all(f'name="{name}"' in form for name in chosen)
    for _ in range(2):
        answer = chief.posts("/bulk/urge", _key="once", because="slow", **chosen)
        assert answer.status_code == 200
        assert "3 件中 1 件已办成" in answer.text
        assert "没有这张工单" in answer.text
        urges = place.chief.reads(f"/api/tickets/{signed}/timeline")["lines"]
        assert [line["kind"] for line in urges].count("UrgeOrdered") == 1


async def test_all_behind_a_number_can_be_chosen_and_kept_as_a_view(place: Place, chief: Pages) -> None:
    for screen in ("/ledger", "/figures?from=2025-01-01", "/risks", "/supervision", "/circulating"):
        address, number = max(
            (chief.numbers(screen) or {screen: len(chief.listed(screen))}).items(), key=lambda one: one[1]
        )
        page = chief.page(address)
        assert f"共 {number} 件" in page, address
        assert f'value="{escape(listing(*parted(address)).at())}"' in page, address
        chosen = {"list": address, "all": str(number)}
        printed = chief.posts("/bulk", act="print", **chosen).text
        assert len(ROW.findall(printed)) == number
        saved = chief.posts("/views", name=f"样例 {screen}", address=address)
        assert saved.status_code == 303
        assert chief.numbers("/views")[listing(*parted(address)).at()] == number


def parted(address: str) -> tuple[str, dict[str, str]]:
    path, _, query = address.partition("?")
    return path, dict(parse_qsl(query))


async def test_a_number_that_nobody_made_is_no_list(chief: Pages) -> None:
    for address in ("/risks?group=nothing", "/supervision?rung=nothing"):
        assert chief.http.get(address).status_code == 400
    for address in ("/figures/nothing/count.xlsx", "/ledger/nothing.xlsx", "/wall/nothing.xlsx"):
        assert chief.http.get(address).status_code == 404


async def test_supervision_opens_where_there_is_something(place: Place, chief: Pages) -> None:
    page = chief.page("/supervision")
    numbers = chief.numbers("/supervision")
    here = re.search(r'href="([^"]*)" data-count="(\d+)" aria-current="page"', page)
    assert here
    assert int(here.group(2)) > 0
    assert "rung=insisted" in here.group(1)
    assert numbers[unescape(here.group(1))] == len(chief.listed("/supervision"))
    assert highest({"warned": 2, "urged": 1, "ordered": 0, "insisted": 0}) == "urged"
    assert highest({"warned": 0, "urged": 0}) == "urged"


@pytest.mark.parametrize(
    ("role", "barred"),
    [
        ("unit", ("/risks", "/supervision", "/time", "/ledger", "/wall")),
        ("operator", ("/supervision", "/time")),
        ("auditor", ()),
    ],
)
async def test_a_screen_is_there_for_those_whose_work_it_is(
    place: Place, role: str, barred: tuple[str, ...]
) -> None:
    who = await pages(place, role, "water" if role == "unit" else None)
    for screen in ("/figures", "/risks", "/supervision", "/time", "/ledger", "/wall"):
        assert who.http.get(screen).status_code == (403 if screen in barred else 200), screen
    assert ("催办所选" in who.page("/risks")) is (role == "operator") if role != "unit" else True
