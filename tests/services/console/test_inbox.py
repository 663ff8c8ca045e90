"""A unit's inbox: every group's number is its list, and many tickets are signed for with one outcome each."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.console.lists.inbox import GROUPS, Inbox
from shared.postgres import open_pool
from tests.services.console.people import ANSWERED, SIGNED, SURVEYING, Crew, House
from tests.services.console.windowless import Pages, pages_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

RETURNING = ("register", "assign", "request-return")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crew(house: House) -> Crew:
    return await house.crew()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pages(house: House, crew: Crew) -> AsyncIterator[Pages]:
    """Those of the unit water."""
    async with pages_of(house, crew.water) as pages:
        yield pages


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def inbox(house: House) -> AsyncIterator[Inbox]:
    pool = await open_pool(house.settings, 1)
    yield Inbox(pool)
    await pool.close()


async def test_each_groups_number_is_the_length_of_its_list_and_each_has_what_it_says(
    crew: Crew, inbox: Inbox
) -> None:
    mine = {}
    for name, story in {
        "sign": ("register", "assign"),
        "contact": SIGNED,
        "handle": (*SIGNED, "contact"),
        "returning": RETURNING,
        "gone": ANSWERED,
    }.items():
        mine[name] = crew.steps(*story).ticket
    crew.steps(*SURVEYING)
    crew.step("survey", grade="dissatisfied", solved=False)
    crew.steps("assign")
    mine["redo"] = crew.ticket
    crew.water.reads(f"/api/tickets/{crew.ticket}")
    counts = await inbox.counts(crew.water.account)
    for group in GROUPS:
        tasks = await inbox.tasks(crew.water.account, group, 10_000)
        assert len(tasks) == counts[group], group
        ids = {task.ticket.id for task in tasks}
        here = {name for name, ticket in mine.items() if ticket in ids}
        expected = {
            "all": {"sign", "contact", "handle", "returning", "redo"},
            "sign": {"sign", "redo"},
            "urged": set(),
            "assist": set(),
            "signoff": set(),
        }
        assert here == expected.get(group, {group}), group


async def test_another_unit_finds_only_what_it_assists(crew: Crew, inbox: Inbox) -> None:
    ticket = crew.steps("register", "assign").ticket
    crew.road.reads(f"/api/tickets/{ticket}")
    found = {
        group: ticket in {task.ticket.id for task in await inbox.tasks(crew.road.account, group, 10_000)}
        for group in GROUPS
    }
    assert {group for group, there in found.items() if there} == {"all", "assist"}


async def test_a_ticket_that_a_supervisor_urged_is_in_that_group(
    house: House, crew: Crew, inbox: Inbox
) -> None:
    ticket = crew.steps(*SIGNED).ticket
    supervisor = (await house.person("supervisor")).met(crew.operator)
    assert supervisor.does(ticket, "urge", because="slow").is_success
    supervisor.reads(f"/api/tickets/{ticket}")
    tasks = await inbox.tasks(crew.water.account, "urged", 10_000)
    assert ticket in {task.ticket.id for task in tasks}


async def test_many_are_signed_for_at_once_each_with_its_outcome(crew: Crew, pages: Pages) -> None:
    fresh = [crew.steps("register", "assign").ticket for _ in range(2)]
    signed = crew.steps(*SIGNED).ticket
    pages.gets("/inbox", token=crew.water.seen["View-Token"])
    answer = pages.posts("/inbox/sign", ticket=[*fresh, signed, "nobody-knows"])
    assert answer.status_code == 200
    assert "4 件中 2 件已办成" in answer.text
    assert "没有这张工单" in answer.text
    assert "不能签收" in answer.text
    for ticket in fresh:
        assert crew.water.reads(f"/api/tickets/{ticket}")["stage"] == "signed"
        assert f'id="task-{ticket}"' not in answer.text


async def test_the_applications_show_their_ruling_and_what_it_did_to_the_clocks(
    crew: Crew, pages: Pages
) -> None:
    refused = crew.steps(*RETURNING).ticket
    crew.step("rule-on-return", upheld=False, reason="样例:属本单位", to=None)
    upheld = crew.steps(*RETURNING, "rule-on-return").ticket
    waiting = crew.steps(*RETURNING).ticket
    page = pages.page("/applications", token=crew.water.seen["View-Token"])
    rows = {
        ticket: page.partition(f'/tickets/{ticket}"')[2].partition("</tr>")[0]
        for ticket in (refused, upheld, waiting)
    }
    assert "不同意" in rows[refused]
    assert "等待裁定的时间计入本单位" in rows[refused]
    assert "改派 样例道路" in rows[upheld]
    assert "这段时间不算本单位" in rows[upheld]
    assert "待裁定" in rows[waiting]
    assert page.index(waiting) < page.index(upheld)


async def test_the_inbox_is_the_units_alone(house: House, crew: Crew) -> None:
    async with pages_of(house, crew.operator) as operator:
        for address in ("/inbox", "/applications"):
            assert operator.gets(address).status_code == 403
