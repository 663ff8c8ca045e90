"""Many tickets at once: all that match under the number that was confirmed, one outcome each."""

import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
import pytest_asyncio
from openpyxl import load_workbook

from services.console.lists.newest import MOST_AT_ONCE
from services.console.pages.bulk import refuse_another_number
from services.console.queries import PAGE
from shared.problems import Problem
from tests.services.console.people import Crew, House
from tests.services.console.test_search import mark
from tests.services.console.windowless import Pages, pages_of

MANY = PAGE + 5
"""More than a page shows."""
ASSIGNED = 3


class Lot:
    """So many tickets that one search finds, some of them with a unit."""

    def __init__(self, crew: Crew) -> None:
        self.word = mark()
        with ThreadPoolExecutor(8) as at_once:
            made = at_once.map(self._register, [crew] * MANY)
            self.tickets = [answer["ticket"] for answer in made]
        for ticket in self.tickets[:ASSIGNED]:
            assert crew.operator.does(ticket, "assign", lead="water").is_success
        self.address = f"/search?q={self.word}"
        for _ in range(100):
            found = crew.operator.reads("/api/search", q=self.word, limit=200)["tickets"]
            if len(found) == MANY and sum(row["lead"] is not None for row in found) == ASSIGNED:
                break
        self.numbers = {row["id"]: row["number"] for row in found}

    def _register(self, crew: Crew) -> dict[str, str]:
        answer: dict[str, str] = crew.operator.registers(title=f"样例:{self.word}").json()
        return answer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lot(house: House) -> Lot:
    person = await house.person("operator")
    return Lot(Crew(person, person, person))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def supervisor(house: House) -> AsyncIterator[Pages]:
    async with pages_of(house, await house.person("supervisor")) as pages:
        yield pages


def numbers_in(page: str) -> list[str]:
    return re.findall(r">(\d{16})</a>", page)


def test_the_bar_offers_the_page_and_all_that_match(lot: Lot, supervisor: Pages) -> None:
    page = supervisor.gets(lot.address).text
    assert f"选中本页 {PAGE} 件" in page
    assert f"选中全部符合条件的 {MANY} 件" in page
    assert len(re.findall(r'name="ticket\.[^"]+" form="selection" data-select', page)) == PAGE


def test_all_that_match_get_one_outcome_each(lot: Lot, supervisor: Pages) -> None:
    chosen = {"list": lot.address, "all": str(MANY)}
    asked = supervisor.posts("/bulk", act="urge", **chosen)
    assert f"催办 {MANY} 件" in asked.text
    told = supervisor.posts("/bulk/urge", because="slow", _key="once", **chosen).text
    assert sorted(numbers_in(told)) == sorted(lot.numbers.values())
    assert told.count("✕") == MANY - ASSIGNED
    again = supervisor.posts("/bulk/urge", because="slow", _key="once", **chosen).text
    assert again.count("✕") == MANY - ASSIGNED


def test_another_number_than_was_confirmed_does_nothing(lot: Lot, supervisor: Pages) -> None:
    for act, typed in (("/bulk", {"act": "export"}), ("/bulk/urge", {"because": "slow"})):
        answer = supervisor.posts(act, list=lot.address, all=str(MANY - 1), **typed)
        assert (answer.status_code, f"已变为 {MANY} 件" in answer.text) == (409, True)
    for count, code in ((MOST_AT_ONCE + 1, "too_many_tickets"), (2, "selection_changed")):
        with pytest.raises(Problem, match=code):
            refuse_another_number(count, "1")


def test_what_was_ticked_is_exported_and_printed_and_recorded(lot: Lot, supervisor: Pages) -> None:
    some = lot.tickets[:2]
    ticked = {f"ticket.{ticket}": "on" for ticket in some}
    file = supervisor.posts("/bulk", act="export", list=lot.address, **ticked).content
    (sheet,) = load_workbook(BytesIO(file)).worksheets
    assert {row[1] for row in sheet.iter_rows(min_row=3, values_only=True)} == {lot.numbers[t] for t in some}
    page = supervisor.posts("/bulk", act="print", list=lot.address, **ticked).text
    assert sorted(numbers_in(page)) == sorted(lot.numbers[ticket] for ticket in some)


async def test_nothing_of_others_and_nothing_unticked_is_done(
    house: House, lot: Lot, supervisor: Pages
) -> None:
    assert supervisor.posts("/bulk", act="urge", list=lot.address).status_code == 400
    assert supervisor.posts("/bulk", act="urge", list="/logout").status_code == 400
    ticked = {f"ticket.{lot.tickets[0]}": "on", f"ticket.{lot.tickets[-1]}": "on"}
    async with pages_of(house, await house.person("unit", "water")) as unit:
        assert unit.posts("/bulk", act="urge", list=lot.address, **ticked).status_code == 403
        assert unit.posts("/bulk/urge", because="slow", list=lot.address, **ticked).status_code == 403
        page = unit.posts("/bulk", act="print", list=lot.address, **ticked).text
    assert numbers_in(page) == [lot.numbers[lot.tickets[0]]]


async def test_given_what_was_ticked_is_not_theirs_to_see_when_it_is_sent_then_that_is_said_and_nothing_done(
    house: House, lot: Lot, supervisor: Pages
) -> None:
    mine = {f"ticket.{ticket}": "on" for ticket in lot.tickets[:2]}
    nobodys = {"ticket.nobody-knows": "on", "ticket.nobody-knew": "on"}
    told = [supervisor.posts("/bulk/urge", because="slow", list="/tickets", **nobodys)]
    async with pages_of(house, await house.person("unit", "road")) as unit:
        told += [unit.posts("/bulk", act=act, list="/tickets", **mine) for act in ("print", "export")]
    for answer in told:
        assert (answer.status_code, "勾选的 2 件都不在您能看的工单里" in answer.text) == (409, True)
        assert '<a href="/tickets">返回列表</a>' in answer.text
        assert "没有勾选" not in answer.text
    assert "没有勾选工单" in supervisor.posts("/bulk", act="print", list="/tickets").text
