"""查看记录: who looked, what is odd about it, and who asked for what is not theirs to know."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from services.console.proof.auditing import Auditing
from services.console.proof.looked import BURST, Look, Wanted
from shared.postgres import open_pool
from tests.services.console.people import SIGNED, Crew, House
from tests.services.console.windowless import between, pages_of, words

NIGHT = datetime(2026, 3, 2, 22, tzinfo=UTC) - timedelta(hours=8)
"""22:00 in Beijing."""


def look(at: datetime, outside: bool = False, lately: int = 1) -> Look:
    return Look("t", "n", 0, 0, 0, at, "Looked", "p", "unit", "water", {}, outside, lately)


@pytest.mark.parametrize(
    ("one", "odd"),
    [
        (look(NIGHT), ["night"]),
        (look(NIGHT - timedelta(seconds=1)), []),
        (look(NIGHT + timedelta(hours=8, seconds=-1)), ["night"]),
        (look(NIGHT + timedelta(hours=8)), []),
        (look(NIGHT + timedelta(hours=12), outside=True), ["outside"]),
        (look(NIGHT + timedelta(hours=12), lately=BURST - 1), []),
        (look(NIGHT, True, BURST), ["outside", "night", "burst"]),
    ],
)
def test_a_look_is_odd_from_outside_at_night_or_in_a_burst(one: Look, odd: list[str]) -> None:
    assert one.odd == odd


async def test_every_look_is_listed_with_purpose_and_step_by_person_and_by_ticket(
    house: House, crew: Crew
) -> None:
    crew.steps(*SIGNED)
    assert crew.water.does(crew.ticket, "look", fields=["text"], purpose="handling").status_code == 200
    assert crew.road.does(crew.ticket, "look", fields=["reply"], purpose="audit").status_code == 403
    for _ in range(BURST):
        crew.operator.does(crew.ticket, "look", fields=["text"], purpose="inquiry")
    number = crew.operator.reads(f"/api/tickets/{crew.ticket}")["number"]
    water, operator = crew.water.account.id, crew.operator.account.id
    async with pages_of(house, await house.person("auditor")) as reader:
        whole = words(reader.main("/looks", ticket=f"{number[:8]} {number[8:]}"))
        assert (water in whole, operator in whole, crew.road.account.id in whole) == (True, True, True)
        assert "未获准" in whole
        mine = words(between(reader.main("/looks", person=water), "<table", "</table>"))
        assert f"承办单位 样例供水 {number} 内容 办理 已签收" in mine
        assert operator not in mine
        assert words(reader.main("/looks", person=operator)).count("密集(10 分钟") == 1
        odd = between(reader.main("/looks", person=operator, odd="true"), "<tbody", "</tbody>")
        assert odd.count("<tr") == odd.count('<tr class="odd"') >= 1
    async with pages_of(house, await house.person("auditor", at="elsewhere")) as reader:
        assert number not in reader.main("/looks", person=water)
    async with pages_of(house, crew.operator) as reader:
        assert reader.http.get("/looks").status_code == 403


async def test_what_left_the_console_stands_beside_the_looks(house: House, crew: Crew) -> None:
    crew.steps("register")
    async with pages_of(house, crew.operator) as reader:
        assert reader.http.get("/tickets.xlsx", params={"stage": "registered"}).status_code == 200
        for address in ("/figures.xlsx?by=channels", "/ledger.xlsx"):
            assert reader.http.get(address).status_code == 200
    async with pages_of(house, await house.person("supervisor")) as reader:
        exports = between(reader.main("/looks"), 'id="exports"', "</section>")
        taken = unescape(words(exports))
        for told in ("工单 · 环节:已登记", "指标 · 分组:来源", "结转台账"):
            assert f"{crew.operator.account.id} 导出 Excel {told}" in taken
        assert [word for word in ("stage=", "by=") if word in taken] == []
        for address in re.findall(r'href="(/tickets\?[^"]*|/figures[^"]*|/ledger[^"]*)"', exports):
            assert reader.page(unescape(address))


async def test_looks_are_turned_page_by_page_none_twice_and_none_missed(house: House, crew: Crew) -> None:
    crew.steps("register")
    for _ in range(3):
        crew.operator.does(crew.ticket, "look", fields=["text"], purpose="inquiry")
    pool = await open_pool(house.settings, 1)
    mine = Wanted(crew.operator.account.id)
    auditing, seen, cursor = Auditing(pool, pool), [], None
    while True:
        page, cursor = await auditing.looked(crew.operator.account, mine, cursor, 2)
        seen += [one.source for one in page]
        if cursor is None:
            break
    await pool.close()
    assert len(seen) == len(set(seen)) == 3


async def test_whoever_asks_for_anothers_ticket_learns_nothing_and_is_kept(house: House, crew: Crew) -> None:
    crew.steps("register", "assign")
    stranger = await house.person("unit", "fire")
    for address in (f"/api/tickets/{crew.ticket}", f"/api/tickets/{crew.ticket}/timeline"):
        assert stranger.asks(address).status_code == 404
    assert stranger.does(crew.ticket, "sign").status_code == 404
    async with pages_of(house, stranger) as reader:
        assert reader.http.get(f"/tickets/{crew.ticket}").status_code == 404
        assert reader.http.get("/tickets/no-such-ticket").status_code == 404
    crew.operator.reads(f"/api/tickets/{crew.ticket}")
    number = crew.operator.reads(f"/api/tickets/{crew.ticket}")["number"]
    async with pages_of(house, await house.person("supervisor")) as reader:
        kept = words(between(reader.main("/looks", ticket=number), 'id="trespasses"', "</section>"))
        assert kept.count(stranger.account.id) == 4
        for address in (
            "GET /api/tickets/{ticket} ",
            "GET /tickets/{ticket} ",
            "POST /api/tickets/{ticket}/",
        ):
            assert address in kept + " "
        assert crew.operator.account.id not in kept
        kept = words(reader.main("/looks", person=stranger.account.id))
        assert "no-such-ticket" not in kept
    async with pages_of(house, await house.person("auditor", at="elsewhere")) as reader:
        assert (
            stranger.account.id
            not in reader.main("/looks", ticket=crew.ticket).partition('id="trespasses"')[2]
        )
