"""What people find by a few characters, and what nobody does."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from msgspec.structs import astuple

from services.console.lists.filters import Filters
from services.console.lists.newest import CHOSEN, FOUND, NewestFirst
from services.console.lists.sought import meant
from services.console.numbers.figures import BEHIND
from services.console.queries import bound
from shared.postgres import open_pool
from tests.services.console.people import Crew, House, Person


def found(person: Person, sought: str, **query: Any) -> list[str]:
    """The tickets of the first page."""
    return [row["id"] for row in person.reads("/api/search", q=sought, **query)["tickets"]]


def mark() -> str:
    """Two Chinese characters and a number that no other test's titles have side by side."""
    return "".join(chr(0x4E00 + secrets.randbelow(20_000)) for _ in range(4))


@pytest.mark.parametrize("typed", ["{0}", "{1}", " {0} 路灯 ", "{0}12号", "{0}１２号", "({0})12号"])
def test_a_title_is_found_by_any_of_its_words(crew: Crew, typed: str) -> None:
    word = mark()
    crew.step("register", title=f"样例:{word}(12号)路灯不亮")
    assert found(crew.operator, typed.format(word, word[1:3])) == [crew.ticket]


@pytest.mark.parametrize("typed", ["{1}{0}", "{0}13号", "{0} 停水", "{0}路灯", "亮{0}"])
def test_words_that_do_not_stand_so_in_the_title_find_nothing(crew: Crew, typed: str) -> None:
    word = mark()
    crew.step("register", title=f"样例:{word}(12号)路灯不亮,{word[::-1]}")
    assert found(crew.operator, typed.format(word[:2], word[2:])) == []


def test_a_single_character_is_enough(crew: Crew) -> None:
    word = mark()[0]
    crew.step("register", title=f"样例:路灯不亮{word}")
    assert crew.ticket in found(crew.operator, word)


def test_a_number_is_found_by_its_beginning_however_it_is_written(crew: Crew) -> None:
    crew.steps("register")
    number = crew.operator.reads(f"/api/tickets/{crew.ticket}")["number"]
    for typed in (number, f"{number[:8]} {number[8:10]} {number[10:]}"):
        assert found(crew.operator, typed) == [crew.ticket]
    assert crew.ticket in found(crew.operator, number[:10], limit=200)
    assert crew.ticket not in found(crew.operator, number[1:], limit=200)


@pytest.mark.parametrize("typed", ["样例供水", "供水", "ylgs", "YL", "ｙｌｇｓ"])
def test_a_unit_is_found_by_name_and_initials_and_its_tickets_with_it(crew: Crew, typed: str) -> None:
    crew.steps("register", "assign")
    answer = crew.operator.reads("/api/search", q=typed)
    assert {"kind": "unit", "code": "water", "zh": "样例供水", "en": "Sample water"} in answer["names"]
    assert answer["tickets"][0]["id"] == crew.ticket


def test_a_place_is_found_by_name_and_its_tickets_with_it(crew: Crew) -> None:
    crew.step("register", place="west")
    answer = crew.operator.reads("/api/search", q="xp")
    assert [name["code"] for name in answer["names"]] == ["west"]
    assert answer["tickets"][0]["id"] == crew.ticket


def test_pages_show_every_match_once_newest_first(crew: Crew) -> None:
    word, made = mark(), []
    for _ in range(5):
        crew.step("register", title=f"样例:{word}")
        made.append(crew.ticket)
    first = crew.operator.reads("/api/search", q=word, limit=3)
    rest = crew.operator.reads("/api/search", q=word, limit=3, cursor=first["next"])
    assert [row["id"] for row in [*first["tickets"], *rest["tickets"]]] == made[::-1]
    assert rest["next"] is None


WAYS: dict[str, tuple[int, NewestFirst, Sequence[object]]] = {
    "of a word": (4, FOUND, meant("样例", [])),
    "of a unit's name": (4, FOUND, (None, None, ["water"], [])),
    "by filters": (10, CHOSEN, astuple(Filters(topic="water_supply"))),
    "of a unit": (10, CHOSEN, astuple(Filters(topic="water_supply", unit="water"))),
    "behind a figure": (4, BEHIND["units", "assigned"], (None, None, None, ["water"])),
}


@pytest.mark.parametrize("who", ["operator", "water"])
@pytest.mark.parametrize("listed", WAYS)
async def test_a_list_is_the_same_gathered_and_sorted_or_met_on_the_way_back(
    house: House, crew: Crew, listed: str, who: str
) -> None:
    """Both ways to a page: the one for few tickets, and the one for many."""
    for _ in range(5):
        crew.steps("register", "assign")
    assert crew.ticket in found(crew.operator, "样例供水")
    given, whole, by = WAYS[listed]
    caller = getattr(crew, who).account
    pool = await open_pool(house.settings, 1)
    for start in ((None, None), (datetime.now(UTC), crew.ticket)):
        ways = [NewestFirst(given, *whole.conditions, few=few) for few in (100_000, 1)]
        few, many = [await pool.fetch(way.page, *bound(caller), *by, *start, 4) for way in ways]
        assert [row["id"] for row in few] == [row["id"] for row in many] != []
        assert {row["total"] for row in many} == {2}
    await pool.close()


OF_WATER: dict[str, tuple[int, NewestFirst, Sequence[object]]] = {
    "that is filtered": (10, CHOSEN, astuple(Filters(unit="water"))),
    "that is searched": (4, FOUND, (None, None, ["road", "water"], [])),
    "that is behind a figure": (4, BEHIND["units", "assigned"], (None, None, None, ["water"])),
    "that is one's own": (10, CHOSEN, astuple(Filters())),
}


@pytest.mark.parametrize("listed", OF_WATER)
async def test_many_tickets_of_a_unit_are_met_among_its_own_and_not_behind_all_others(
    house: House, crew: Crew, listed: str
) -> None:
    crew.steps("register", "assign")
    crew.operator.reads(f"/api/tickets/{crew.ticket}")
    given, whole, by = OF_WATER[listed]
    caller = (crew.water if listed == "that is one's own" else crew.operator).account
    asked = NewestFirst(given, *whole.conditions, few=1).page, *bound(caller), *by, None, None, 4
    pool = await open_pool(house.settings, 1)
    async with pool.acquire() as connection:
        undone = connection.transaction()
        await undone.start()
        before = {row["id"] for row in await connection.fetch(*asked)}
        forget = "DELETE FROM views.unit_tickets WHERE id = $1"
        await connection.execute(forget, crew.ticket)
        without = {row["id"] for row in await connection.fetch(*asked)}
        await undone.rollback()
    await pool.close()
    assert (crew.ticket in before, crew.ticket in without) == (True, False)


async def test_nobody_finds_what_they_may_not_know_of(house: House, crew: Crew) -> None:
    word = mark()
    crew.step("register", title=f"样例:{word}")
    crew.steps("assign")
    nowhere = await house.person("operator", at="nowhere")
    centre = await house.person("unit", "centre")
    for stranger in (nowhere, centre):
        assert found(stranger.met(crew.operator), word) == []
    assert nowhere.reads("/api/search", q="ylgs")["names"] == []
    assert found(crew.water, word) == [crew.ticket]


def test_nothing_sealed_is_found(crew: Crew) -> None:
    word, phone = mark(), "1" + "".join(secrets.choice("0123456789") for _ in range(10))
    crew.step(
        "register",
        title=f"样例:{mark()},电话{phone}",
        text=f"样例:{word}",
        citizen={"name": word, "phone": phone},
    )
    assert found(crew.operator, word) == []
    assert found(crew.operator, phone) == []


@pytest.mark.parametrize("typed", ["'", "\\", "a:*|b&!c", "%", "_", "😀", "<->", "“”"])
def test_what_has_no_letter_finds_nothing_and_breaks_nothing(crew: Crew, typed: str) -> None:
    assert crew.operator.asks("/api/search", q=typed).status_code == 200


def test_every_code_has_its_name(crew: Crew) -> None:
    names = crew.operator.reads("/api/names")["names"]
    assert {"kind": "topic", "code": "road", "zh": "道路", "en": "Roads"} in names
    assert {"kind": "place", "code": "east", "zh": "东片", "en": None} in names


def test_who_held_a_ticket_sums_to_the_citizens_clock(crew: Crew) -> None:
    crew.steps("register", "assign", "sign", "contact", "answer", "approve")
    row = crew.operator.reads(f"/api/tickets/{crew.ticket}")
    parts = crew.operator.reads(f"/api/tickets/{crew.ticket}/time")["parts"]
    on_clock = [part for part in parts if part["on_clock"]]
    assert (on_clock[0]["start"], on_clock[-1]["end"]) == (row["clock_from"], row["citizen_stopped_at"])
    assert {"dispatching", "signing", "handling", "reviewing"} <= {part["because"] for part in on_clock}
    assert all(one["end"] == after["start"] for one, after in pairwise(parts))


def test_nobody_reads_the_time_of_a_ticket_that_they_may_not_know_of(crew: Crew) -> None:
    crew.steps("register", "assign")
    assert crew.operator.asks("/api/tickets/unknown/time").status_code == 404
    crew.step("register")
    assert crew.road.asks(f"/api/tickets/{crew.ticket}/time").status_code == 404
