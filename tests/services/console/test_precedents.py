"""退单裁定 and 流转中: a ruling is the precedent of the next like case, and nothing that wanders is overlooked."""

import re
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from services.console.advice.rulings import Precedent, effects, nearest, proposal
from shared.policy.documents import Policies
from shared.policy.terms import Terms
from tests.sample import START, document, documents, terms
from tests.services.console.people import Crew, House
from tests.services.console.test_standing import row
from tests.services.console.windowless import Pages, pages_of

RETURNED = ("register", "assign", "request-return")


@pytest.fixture
async def desk(house: House, crew: Crew) -> AsyncIterator[Pages]:
    async with pages_of(house, crew.operator) as pages:
        yield pages


def page_of(desk: Pages, crew: Crew, address: str, **asked: str) -> str:
    """The page, as fresh as what the crew did."""
    answer = desk.gets(address, token=crew.operator.seen["View-Token"], **asked)
    assert answer.status_code == 200, answer.text
    return answer.text


def circulating(pages: Pages, token: str) -> str:
    """All pages of what circulates."""
    page = pages.gets("/circulating", token=token).text
    told = page
    while more := re.search(r'href="(/circulating[^"]*)" rel="next"', page):
        page = pages.gets(unescape(more[1])).text
        told += page
    return told


def rows_of(page: str) -> list[str]:
    """The precedents that a page shows, the first on top."""
    table = page.partition('class="tickets precedents"')[2].partition("</table>")[0]
    return table.partition("<tbody>")[2].split("</tr>")[:-1]


async def test_a_ruling_is_proposed_for_the_next_like_case_and_fills_its_form_in(
    desk: Pages, crew: Crew
) -> None:
    crew.steps(*RETURNED, "rule-on-return")
    before = crew.ticket
    crew.steps(*RETURNED)
    page = page_of(desk, crew, f"/returns/{crew.ticket}")
    first = rows_of(page)[0]
    assert f"/tickets/{before}" in first
    assert "同意,改派样例道路" in first
    assert "最近" in first
    assert "同地点" in first
    alike = page_of(desk, crew, f"/returns/{crew.ticket}", like=before)
    assert re.search(r'name="upheld" value="true" checked', alike)
    assert re.search(r'value="road" selected', alike)
    assert not re.search(r'name="upheld" value="true" checked', page)


async def test_other_places_come_after_and_other_topics_not_at_all(desk: Pages, crew: Crew) -> None:
    crew.step("register", place="west")
    crew.steps("assign", "request-return", "rule-on-return")
    west = crew.ticket
    crew.step("register", topic="road", place="east")
    crew.step("assign", lead="water", assisting=[])
    crew.steps("request-return", "rule-on-return")
    roads = crew.ticket
    crew.step("register", place="west")
    crew.steps("assign", "request-return")
    page = page_of(desk, crew, f"/returns/{crew.ticket}")
    shown = rows_of(page)
    assert f"/tickets/{west}" in shown[0]
    assert all(f"/tickets/{roads}" not in row for row in shown)
    assert ["同地点" in row for row in shown] == sorted(("同地点" in row for row in shown), reverse=True)


async def test_the_page_tells_the_application_the_window_and_what_each_ruling_does_to_the_clocks(
    desk: Pages, crew: Crew
) -> None:
    crew.steps(*RETURNED)
    page = page_of(desk, crew, f"/returns/{crew.ticket}")
    told = re.sub(r"<[^>]+>|\s", "", page)
    assert "样例供水·建议由样例道路承办" in told
    assert "当时还剩23小时59分" in told
    assert "转手0次" in told
    assert "派单目录第1版:供水×各地" in told
    assert "样例供水:单位钟一直在走,自派单起" in told
    assert "样例供水:不计。新单位现在起算:" in told
    assert "退单不停市民钟" in told
    assert "不属我单位" not in page


async def test_after_the_ruling_the_next_return_is_laid_out_and_the_unit_is_told_that_it_was_the_last(
    house: House, desk: Pages, crew: Crew
) -> None:
    crew.steps(*RETURNED)
    page = page_of(desk, crew, f"/returns/{crew.ticket}")
    version = re.search(r'name="_version" value="(\d+)"', page)
    assert version
    form = {"_version": version[1], "_key": secrets.token_hex(4), "_next": "/returns"}
    typed = {"upheld": "false", "reason": "样例:属本单位职责"}
    answer = desk.posts(f"/tickets/{crew.ticket}/rule-on-return", **form, **typed)
    assert answer.status_code == 303
    after = desk.gets(answer.headers["location"])
    assert re.search("已裁定,由.+办理,不得再退", after.text)
    assert f"/tickets/{crew.ticket}" in after.text
    async with pages_of(house, crew.water) as unit:
        own = unit.gets(f"/tickets/{crew.ticket}")
        assert "该工单已经裁定,不得再次退单" in own.text
    settled = desk.gets(f"/returns/{crew.ticket}")
    assert "没有待裁定的退单" in settled.text
    again = crew.step("request-return")
    assert (again.status_code, again.json()["code"]) == (409, "return_already_ruled")


async def test_nobody_rules_on_what_they_may_not_see(house: House, desk: Pages, crew: Crew) -> None:
    crew.steps(*RETURNED)
    page_of(desk, crew, f"/returns/{crew.ticket}")
    async with pages_of(house, await house.person("operator", at="elsewhere")) as stranger:
        assert stranger.gets(f"/returns/{crew.ticket}").status_code == 404
        assert crew.ticket not in stranger.gets("/returns").text
        assert crew.ticket not in stranger.gets("/circulating").text
    async with pages_of(house, crew.water) as unit:
        assert unit.gets("/returns").status_code == 403
        assert unit.gets("/circulating").status_code == 403
    async with pages_of(house, await house.person("supervisor")) as supervisor:
        assert f"/returns/{crew.ticket}" in circulating(supervisor, crew.operator.seen["View-Token"])


async def test_what_circulates_is_what_went_on_or_nobody_signed_and_says_who_had_it_how_long(
    desk: Pages, crew: Crew
) -> None:
    crew.steps("register", "assign", "sign")
    quiet = crew.ticket
    crew.steps(*RETURNED, "rule-on-return")
    crew.step("assign", lead="road", assisting=[], handler=None)
    wandering = crew.ticket
    crew.steps("register")
    new = crew.ticket
    page = circulating(desk, crew.operator.seen["View-Token"])
    rows = re.findall(r'<tr id="own-.*?</tr>', page, re.DOTALL)
    assert not any(quiet in one for one in rows)
    assert any(new in one for one in rows)
    (found,) = (one for one in rows if wandering in one)
    told = re.sub(r"<[^>]+>|\s", "", found)
    assert re.search(r"样例供水(片刻|\d+秒)退单成立·不计", told)
    assert re.search(r"样例道路(片刻|\d+秒)待签收·计入", told)
    total = re.search(r'id="total">共 (\d+) 件', page)
    assert total
    assert int(total[1]) == len(rows)


def test_an_upheld_return_is_charged_to_nobody_and_starts_the_next_units_clocks() -> None:
    now = START + timedelta(days=1)
    returned = row("return_requested", assigned_at=START, lead="water")
    kept, moved, back = effects(returned, Policies(documents()), now)
    assert (kept.charged, kept.clocks) == (timedelta(days=1), [])
    assert moved.charged is back.charged is None
    assert [one.clock for one in moved.clocks] == ["sign", "contact", "answer"]
    assert all(one.start == now for one in moved.clocks)
    assert back.clocks == []


def test_where_policy_starts_a_units_clocks_at_signing_only_the_signing_starts_at_once() -> None:
    at_signing = Terms(terms().calendar, terms().rules, "signing")
    policies = Policies([*documents(), document(at_signing, 2)])
    _, moved, _ = effects(
        row("return_requested", assigned_at=START), policies, datetime(2026, 3, 3, tzinfo=UTC)
    )
    assert [one.clock for one in moved.clocks] == ["sign"]
    assert moved.later == ("contact", "answer")


def test_the_nearest_precedent_is_of_the_same_place() -> None:
    elsewhere = Precedent("t-1", "1", False, "west", START, "water", True, "road", "road", "road")
    here = Precedent("t-2", "2", True, "east", START, "water", False, None, "water", None)
    assert nearest([elsewhere]) is None
    assert nearest([here, elsewhere]) is here
    assert proposal([here, elsewhere], "t-1") == {"upheld": "true", "to": "road"}
    assert proposal([here, elsewhere], "t-2") == {"upheld": "false"}
    assert proposal([here, elsewhere], "t-3") == {}
