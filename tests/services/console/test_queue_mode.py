"""Queue mode: nobody gets what somebody else works on, nothing is lost, and what is passed over is seen."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import httpx
import pytest

from tests.services.console.people import House, Person
from tests.services.console.queueing import Desk, desk_at


@pytest.fixture
async def desk(house: House) -> Desk:
    return await desk_at(house)


def asks(person: Person, what: str, **form: Any) -> httpx.Response:
    return person.http.post(f"/api/queues/triage/{what}", json=form, headers=person.seen)


def gets(person: Person) -> str | None:
    """The next ticket; None where nobody is needed."""
    ticket = asks(person, "next").json()["ticket"]
    return ticket and str(ticket["id"])


async def test_two_people_never_get_the_same_ticket(desk: Desk) -> None:
    await desk.queued(6)
    people = [await desk.house.person("operator", at=desk.at) for _ in range(8)]
    with ThreadPoolExecutor(8) as at_once:
        got = list(at_once.map(gets, people))
    held = [ticket for ticket in got if ticket]
    assert (len(held), len(set(held)), got.count(None)) == (6, 6, 2)


async def test_what_one_holds_already_comes_again_until_it_is_done(desk: Desk) -> None:
    first, second = await desk.queued(2)
    assert [gets(desk.anna), gets(desk.anna), gets(desk.bao)] == [first, first, second]
    assert desk.anna.does(first, "answer-directly", reply="样例:今晚恢复").is_success
    assert gets(desk.anna) is None
    assert gets(desk.bao) == second


async def test_what_is_given_back_or_left_alone_for_too_long_is_the_next_ones(desk: Desk) -> None:
    (only,) = await desk.queued(1)
    assert [gets(desk.anna), gets(desk.bao)] == [only, None]
    assert asks(desk.anna, "release", ticket=only).status_code == 204
    assert [gets(desk.bao), gets(desk.anna)] == [only, None]
    await too_long(desk.house, only)
    assert gets(desk.anna) == only
    answer = asks(desk.bao, "renew", ticket=only)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_held")


async def test_who_is_heard_of_keeps_the_ticket(desk: Desk) -> None:
    (only,) = await desk.queued(1)
    until = asks(desk.anna, "next").json()["until"]
    assert asks(desk.anna, "renew", ticket=only).json()["until"] > until
    assert asks(desk.bao, "release", ticket=only).status_code == 204
    assert gets(desk.bao) is None


async def test_what_is_skipped_comes_again_to_others_at_once_and_to_oneself_when_it_has_changed(
    desk: Desk,
) -> None:
    first, second = await desk.queued(2)
    assert gets(desk.anna) == first
    assert asks(desk.anna, "skip", ticket=first, reason="样例:要问一下").status_code == 204
    assert [gets(desk.anna), gets(desk.bao)] == [second, first]
    assert asks(desk.bao, "release", ticket=first).status_code == 204
    assert desk.bao.does(first, "amend", urgency="critical").is_success
    desk.anna.met(desk.bao)
    assert asks(desk.anna, "release", ticket=second).status_code == 204
    assert gets(desk.anna) == first


async def test_a_skip_needs_a_reason_and_a_ticket_in_hand(desk: Desk) -> None:
    (only,) = await desk.queued(1)
    assert asks(desk.anna, "skip", ticket=only, reason="样例").json()["code"] == "not_held"
    assert gets(desk.anna) == only
    for reason in ({}, {"reason": ""}, {"reason": " "}):
        assert asks(desk.anna, "skip", ticket=only, **reason).status_code == 400
    assert asks(desk.bao, "skip", ticket=only, reason="样例").json()["code"] == "not_held"
    assert gets(desk.anna) == only


async def test_a_supervisor_sees_who_passed_over_what_and_why(desk: Desk) -> None:
    first, second = await desk.queued(2)
    for ticket in (first, second):
        assert gets(desk.anna) == ticket
        asks(desk.anna, "skip", ticket=ticket, reason=f"样例:缘由{ticket}")
    latest, earlier = desk.chief.reads("/api/skips")["skips"]
    assert [(one["ticket"], one["reason"]) for one in (latest, earlier)] == [
        (second, f"样例:缘由{second}"),
        (first, f"样例:缘由{first}"),
    ]
    assert (latest["person"], latest["queue"]) == (desk.anna.account.id, "triage")
    assert desk.chief.reads("/api/skips", before=latest["id"])["skips"] == [earlier]
    assert desk.anna.asks("/api/skips").status_code == 403
    elsewhere = await desk.house.person("supervisor")
    assert first not in {one["ticket"] for one in elsewhere.reads("/api/skips", limit=200)["skips"]}


async def test_a_reason_is_kept_sealed(desk: Desk) -> None:
    (only,) = await desk.queued(1)
    gets(desk.anna)
    asks(desk.anna, "skip", ticket=only, reason="样例:张三来过")
    connection = await asyncpg.connect(desk.house.settings.database)
    kept = await connection.fetchval("SELECT reason FROM desk.skips WHERE ticket = $1", only)
    await connection.close()
    assert "张三" not in kept


async def test_queues_are_worked_by_the_hotline_only(desk: Desk) -> None:
    for role, unit in (("unit", "water"), ("auditor", None)):
        person = await desk.house.person(role, unit, at=desk.at)
        assert asks(person, "next").status_code == 403


async def too_long(house: House, ticket: str) -> None:
    """The time of a hold passes."""
    connection = await asyncpg.connect(house.settings.database)
    await connection.execute("UPDATE desk.holds SET until = now() WHERE ticket = $1", ticket)
    await connection.close()
