"""Saved views: a list by its name with all its filters, for whom it is meant, and its number its list's length."""

import re
from collections.abc import AsyncIterator
from html import unescape

import pytest
import pytest_asyncio
from msgspec.structs import replace

from services.console.lists.listing import Listing
from services.console.pages.saved_views import EXACT, Counted
from services.console.people.accounts import Account
from services.console.workplace.saved_views import SavedView, SavedViews, Wish
from shared.postgres import open_pool
from tests.services.console.people import Crew, House
from tests.services.console.test_search import mark
from tests.services.console.windowless import Pages, pages_of

ADDRESS = "/tickets?stage=registered&place=west&demand=praise&overdue=false&from=2026-01-02"


def views_of(pages: Pages) -> dict[str, tuple[str, str]]:
    """Name → address and number, as the strip shows them."""
    found = re.findall(
        r'<a class="view" href="([^"]*)" data-count="\d+">.*?<bdi>(.*?)</bdi> <strong class="number">(.*?)</strong>',
        pages.gets("/views/strip").text,
    )
    return {unescape(name): (unescape(address), number) for address, name, number in found}


def id_of(pages: Pages, name: str) -> str:
    row = next(row for row in pages.gets("/views").text.split("<tr>") if f"<bdi>{name}</bdi>" in row)
    (view,) = re.findall(r'action="/views/(\d+)"', row)
    return str(view)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def operator(house: House) -> AsyncIterator[Pages]:
    async with pages_of(house, await house.person("operator")) as pages:
        yield pages


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def supervisor(house: House) -> AsyncIterator[Pages]:
    async with pages_of(house, await house.person("supervisor")) as pages:
        yield pages


def test_a_view_comes_back_with_all_its_filters_and_its_number_is_its_lists_length(
    crew: Crew, operator: Pages
) -> None:
    crew.step("register", demand="praise", place="west")
    crew.operator.reads(f"/api/tickets/{crew.ticket}")
    said = operator.posts("/views", address=ADDRESS + "&cursor=x", name="样例:西片表扬")
    assert (said.status_code, said.headers["location"]) == (303, ADDRESS)
    address, number = views_of(operator)["样例:西片表扬"]
    assert address == ADDRESS
    assert operator.gets(address).text.count('<tr id="ticket-') == int(number) > 0


async def test_what_is_changed_is_shared_with_the_unit_that_its_owner_is_of_now(house: House) -> None:
    pool = await open_pool(house.settings, 1)
    views, before = SavedViews(pool), Account(mark(), "unit", "sample", "water")
    moved = replace(before, unit="road")
    await views.save(before, Wish("样例:搬走", "unit"), Listing("/inbox"))
    (kept,) = await views.of(moved)
    await views.change(moved, kept.id, Wish(kept.name, "unit"))
    for unit, sees in (("water", False), ("road", True)):
        colleague = Account("sample.colleague", "unit", "sample", unit)
        assert (kept in await views.of(colleague)) is sees
    await views.drop(moved, kept.id)
    await pool.close()


def test_a_view_is_its_owners_until_it_is_shared(operator: Pages, supervisor: Pages) -> None:
    operator.posts("/views", address="/queues/review", name="样例:我的")
    operator.posts("/views", address="/queues/review", name="样例:大家的", audience="jurisdiction")
    assert {"样例:我的", "样例:大家的"} <= views_of(operator).keys()
    assert "样例:我的" not in views_of(supervisor)
    assert "样例:大家的" in views_of(supervisor)
    shared = id_of(operator, "样例:大家的")
    assert supervisor.posts(f"/views/{shared}/delete").status_code == 404
    assert supervisor.posts(f"/views/{shared}", name="改名").status_code == 404


async def test_a_units_people_share_within_the_unit(house: House, operator: Pages) -> None:
    one, other = await house.person("unit", "water"), await house.person("unit", "water")
    road = await house.person("unit", "road")
    async with (
        pages_of(house, one) as mine,
        pages_of(house, other) as theirs,
        pages_of(house, road) as foreign,
    ):
        mine.posts("/views", address="/inbox", name="样例:本单位", audience="unit")
        assert "样例:本单位" in views_of(theirs)
        for stranger in (foreign, operator):
            assert "样例:本单位" not in views_of(stranger)
        assert mine.posts("/views", address="/inbox", name="x", audience="jurisdiction").status_code == 403
        assert mine.posts("/views", address="/queues/review", name="x").status_code == 400


def test_a_view_is_renamed_pinned_and_deleted_by_its_owner(operator: Pages) -> None:
    name, better = f"样例:{mark()}", f"样例:{mark()}"
    operator.posts("/views", address="/search?q=路灯", name=name)
    view = id_of(operator, name)
    assert operator.posts(f"/views/{view}", name=better, pinned="true").status_code == 303
    assert next(iter(views_of(operator))) == better
    operator.posts(f"/views/{view}/delete")
    assert better not in views_of(operator)


@pytest.mark.parametrize(
    ("address", "name", "status"),
    [
        ("https://elsewhere.example/", "样例", 400),
        ("/logout", "样例", 400),
        ("/tickets", "", 400),
        ("/tickets", "长" * 41, 400),
        ("/tickets", "a\x00b", 400),
        ("/tickets?stage=signed", "<script>alert(1)</script>\u202e", 303),
    ],
)
def test_only_a_list_of_ours_under_a_name_is_kept(
    operator: Pages, address: str, name: str, status: int
) -> None:
    assert operator.posts("/views", address=address, name=name).status_code == status
    assert "<script>alert" not in operator.gets("/views").text


def test_a_long_view_is_told_as_more_than_a_thousand() -> None:
    view = SavedView(1, "sample", "person", "样例", "/tickets", pinned=False)
    assert [Counted(view, Listing("/tickets"), n).number for n in (0, EXACT, EXACT + 1)] == [
        "0",
        "1000",
        "1000+",
    ]


def test_what_no_list_can_be_asked_for_is_no_view(operator: Pages) -> None:
    assert operator.posts("/views", address="/tickets?stage=%00", name="样例:坏的").status_code == 400
    assert "样例:坏的" not in operator.gets("/views").text
