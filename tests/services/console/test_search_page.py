"""The search page, and the filters of a list as they stand in an address."""

from collections.abc import AsyncIterator
from datetime import date
from urllib.parse import quote

import pytest
import pytest_asyncio

from services.console.lists.filters import Filters
from services.console.lists.listing import listing, listing_at
from services.console.people.accounts import Account
from shared.problems import Problem
from tests.services.console.people import Crew, House
from tests.services.console.test_search import mark
from tests.services.console.windowless import Pages, pages_of

OPERATOR = Account("sample.operator", "operator", "sample")
WATER = Account("sample.water", "unit", "sample", "water")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def operator(house: House) -> AsyncIterator[Pages]:
    async with pages_of(house, await house.person("operator")) as pages:
        yield pages


def test_a_search_shows_the_tickets_and_the_way_to_a_units_and_a_places(crew: Crew, operator: Pages) -> None:
    word = mark()
    crew.step("register", title=f"样例:{word}")
    number = crew.operator.reads(f"/api/tickets/{crew.ticket}")["number"]
    assert number in operator.gets("/search", q=word).text
    assert number in operator.gets("/search", q=number[:10]).text
    assert 'href="/tickets?unit=water"' in operator.gets("/search", q="ylgs").text
    assert 'href="/tickets?place=west"' in operator.gets("/search", q="西片").text


def test_a_number_may_be_typed_in_groups_and_a_whole_one_leads_to_its_ticket(
    crew: Crew, operator: Pages
) -> None:
    crew.step("register")
    number = crew.operator.reads(f"/api/tickets/{crew.ticket}")["number"]
    for typed in (number, f"{number[:8]} {number[8:10]} {number[10:]}", f" {number[:8]}\u3000{number[8:]}"):
        assert operator.gets("/search", q=typed).headers["location"] == f"/tickets/{crew.ticket}"
        assert f">{number}</a>" in operator.gets("/tickets", q=typed).text
    assert operator.gets("/search", q=number[:-1]).status_code == 200


def test_every_page_has_the_search_and_an_empty_one_says_what_can_be_found(operator: Pages) -> None:
    for address in ("/", "/tickets", "/search"):
        assert 'data-key="/"' in operator.gets(address).text
    for asked in ("", mark()):
        assert "可以这样查找" in operator.gets("/search", q=asked).text


@pytest.mark.parametrize(
    "typed", ["\x00", "😀", "\u202e", "<script>alert(1)</script>", "'; --", "%", "\ud800"]
)
def test_whatever_is_typed_is_shown_as_text(operator: Pages, typed: str) -> None:
    answer = operator.http.get("/search?q=" + quote(typed.encode("utf-8", "surrogatepass")))
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_too_long_a_search_is_refused_in_words(operator: Pages) -> None:
    answer = operator.gets("/search", q="x" * 10_000)
    assert answer.status_code == 400
    assert "最多 64 个字" in answer.text
    assert operator.gets("/search.xlsx", q="x" * 10_000).status_code == 400


def test_a_list_goes_by_unit_topic_place_channel_and_days(crew: Crew, operator: Pages) -> None:
    crew.step("register", place="west", topic="road")
    number = crew.operator.reads(f"/api/tickets/{crew.ticket}")["number"]
    fits = {"place": "west", "topic": "road", "channel": "console", "q": number}
    for asked in (fits, fits | {"from": "2026-01-01"}, fits | {"to": "9999-12-31"}):
        assert f">{number}</a>" in operator.gets("/tickets", **asked).text
    for change in ({"place": "east"}, {"from": "9999-12-30"}, {"to": "2026-01-01"}, {"unit": "water"}):
        assert f">{number}</a>" not in operator.gets("/tickets", **fits | change).text


@pytest.mark.parametrize(
    "asked", [{"from": "yesterday"}, {"overdue": "maybe"}, {"q": "a;b"}, {"stage": "x" * 65}]
)
def test_a_filter_that_cannot_be_is_named(asked: dict[str, str]) -> None:
    with pytest.raises(Problem, match="invalid_field") as refused:
        listing("/tickets", asked)
    assert refused.value.field in asked
    assert refused.value.field in refused.value.zh


def test_an_address_gives_its_list_and_the_list_its_address() -> None:
    address = "/tickets?stage=signed&unit=water&overdue=true&from=2026-01-02"
    found = listing_at(OPERATOR, address + "&cursor=x&topic=")
    assert found.filters == Filters(stage="signed", unit="water", overdue=True, start=date(2026, 1, 2))
    assert found.at() == address
    assert listing_at(OPERATOR, "/search?q=+噪音").at() == "/search?q=%E5%99%AA%E9%9F%B3"
    assert listing_at(OPERATOR, "/queues/review?stage=signed").at() == "/queues/review"


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/tickets", "//elsewhere.example/tickets", "/logout", "javascript:1", "", "/inbox",
     "/queues/nothing", "/tickets?q=" + "1" * 3_000, "/\\elsewhere", "http://[", "\ttickets"],
)  # fmt: skip
def test_an_address_that_is_no_list_of_ours_is_refused(address: str) -> None:
    with pytest.raises(Problem):
        listing_at(OPERATOR, address)


def test_a_unit_has_its_inbox_and_no_queue() -> None:
    assert listing_at(WATER, "/inbox").name == "inbox"
    with pytest.raises(Problem):
        listing_at(WATER, "/queues/review")
