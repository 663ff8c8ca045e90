"""Opening sealed fields over HTTP: recorded first, shown after; refused or unrecorded, and nothing is shown."""

from typing import Any

import httpx
import pytest

from shared.keys import Keyring
from shared.postgres import open_pool
from shared.ticket.events import Looked
from tests.services.console.people import (
    ANSWERED,
    CLOSED,
    DEMAND,
    SIGNED,
    STEPS,
    Crew,
    House,
    Person,
    entries_of,
)
from tests.services.console.windowless import pages_of

CALLER = {"name": "样例人", "phone": "13800000000", "address": "样例路1号"}


def looks(person: Person, ticket: str, purpose: str, *fields: str) -> httpx.Response:
    return person.does(ticket, "look", fields=list(fields), purpose=purpose)


def refused(answer: httpx.Response) -> tuple[int, str]:
    problem = answer.json()
    assert problem["detail"]
    assert problem["detail_en"]
    assert "values" not in problem
    return answer.status_code, problem["code"]


async def test_a_unit_reads_the_demand_and_whom_to_call_and_the_record_knows(
    house: House, crew: Crew
) -> None:
    crew.step("register", citizen=CALLER)
    crew.steps("assign", "sign")
    answer = looks(crew.water, crew.ticket, "contact", "text", "citizen")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    shown = {value["field"]: value["value"] for value in answer.json()["values"]}
    assert shown == {"text": DEMAND["text"], "citizen": CALLER}
    last = (await entries_of(house.settings, crew.ticket))[-1]
    assert [type(event).__name__ for event in last.events] == ["Looked"]
    assert CALLER["phone"].encode() not in bytes(last.command)
    assert answer.json()["token"].endswith(f":{last.source.offset}")


def test_a_look_does_not_make_anybodys_version_stale(crew: Crew) -> None:
    crew.steps(*SIGNED)
    before = crew.operator.asks(f"/api/tickets/{crew.ticket}")
    assert looks(crew.operator, crew.ticket, "inquiry", "text").status_code == 200
    after = crew.operator.asks(f"/api/tickets/{crew.ticket}")
    assert (after.headers["etag"], after.json()) == (before.headers["etag"], before.json())


def test_several_values_of_a_field_come_oldest_first_with_the_event_that_brought_each(crew: Crew) -> None:
    crew.steps(*ANSWERED, "send-back")
    crew.step("answer", reply="样例:已换新阀门")
    values = looks(crew.operator, crew.ticket, "review", "reply", "reason", "text").json()["values"]
    found = [(value["event"], value["field"], value["value"]) for value in values]
    assert found == [
        ("Registered", "text", DEMAND["text"]),
        ("Answered", "reply", STEPS["answer"][1]["reply"]),
        ("AnswerSentBack", "reason", STEPS["send-back"][1]["reason"]),
        ("Answered", "reply", "样例:已换新阀门"),
    ]
    assert len({value["source"] for value in values}) == 4


def test_what_is_not_there_is_an_empty_answer_on_record(crew: Crew) -> None:
    crew.steps("register")
    answer = looks(crew.operator, crew.ticket, "dispatch", "reply")
    assert (answer.status_code, answer.json()["values"]) == (200, [])


async def test_a_lost_query_code_is_told_by_an_operator_once_the_look_is_recorded_and_by_nobody_else(
    house: House, crew: Crew
) -> None:
    crew.steps(*SIGNED)
    pool = await open_pool(house.settings, 1)
    code = (await Keyring(pool, house.settings).key(crew.ticket)).query_code()
    await pool.close()
    for person in (crew.water, await house.person("supervisor"), await house.person("auditor")):
        for purpose in ("inquiry", "contact", "audit", "supervision"):
            answer = looks(person.met(crew.water), crew.ticket, purpose, "code")
            assert refused(answer) == (403, "look_not_allowed")
            assert code not in answer.text
    assert refused(looks(crew.operator, crew.ticket, "contact", "code")) == (403, "look_not_allowed")
    (value,) = looks(crew.operator, crew.ticket, "inquiry", "code").json()["values"]
    assert (value["field"], value["value"]) == ("code", code)
    last = (await entries_of(house.settings, crew.ticket))[-1]
    assert last.events == [Looked(["code"], "inquiry")]
    assert value["source"] == last.source.offset
    async with pages_of(house, crew.operator) as pages:
        page = pages.page(f"/tickets/{crew.ticket}")
        assert code not in page
        assert f"{code[:4]} {code[4:]}" not in page
        opened = pages.posts(f"/tickets/{crew.ticket}/look", purpose="inquiry", fields="code").text
        assert f"{code[:4]} {code[4:]}" in opened


async def test_a_refused_look_shows_nothing_and_stands_in_the_list(house: House, crew: Crew) -> None:
    crew.steps(*SIGNED)
    assert refused(looks(crew.road, crew.ticket, "handling", "feedback")) == (403, "look_not_allowed")
    assert looks(crew.water, crew.ticket, "handling", "text").status_code == 200
    auditor = (await house.person("auditor")).met(crew.water)
    listed = auditor.reads(f"/api/tickets/{crew.ticket}/looks")["looks"]
    assert [(one["kind"], one["unit"], one["role"]) for one in listed] == [
        ("Looked", "water", "unit"),
        ("refused", "road", "unit"),
    ]
    assert listed[0]["detail"] == {
        "fields": ["text"],
        "purpose": "handling",
        "files": [],
        "stage": "signed",
    }
    assert listed[0]["person"] == crew.water.account.id
    assert DEMAND["text"] not in str(listed)


async def test_only_a_supervisor_and_an_auditor_see_who_looked(house: House, crew: Crew) -> None:
    crew.steps(*SIGNED)
    address = f"/api/tickets/{crew.ticket}/looks"
    assert (await house.person("supervisor")).met(crew.water).reads(address)["looks"] == []
    for person in (crew.operator, crew.water):
        assert refused(person.asks(address)) == (403, "not_your_role")
    looks(crew.water, crew.ticket, "handling", "text")
    kinds = [line["kind"] for line in crew.water.reads(f"/api/tickets/{crew.ticket}/timeline")["lines"]]
    assert "Looked" not in kinds


async def test_a_ticket_that_one_may_not_know_of_is_not_looked_at(house: House, crew: Crew) -> None:
    crew.steps("register")
    stranger = (await house.person("operator", at="elsewhere")).met(crew.operator)
    assert refused(looks(stranger, crew.ticket, "inquiry", "text")) == (404, "unknown_ticket")
    assert refused(stranger.asks(f"/api/tickets/{crew.ticket}/looks")) == (403, "not_your_role")
    assert len(await entries_of(house.settings, crew.ticket)) == 1


NO_LOOKS: list[dict[str, Any]] = [
    {"fields": [], "purpose": "audit"},
    {"fields": ["title"], "purpose": "curiosity"},
    {"fields": ["reply_to"], "purpose": "audit"},
]


@pytest.mark.parametrize("form", NO_LOOKS)
def test_what_is_no_look_is_refused_before_it_is_sent(crew: Crew, form: dict[str, Any]) -> None:
    crew.steps("register")
    assert refused(crew.operator.does(crew.ticket, "look", **form)) == (400, "invalid_field")


async def test_without_the_tickets_key_nothing_is_readable_any_more(house: House, crew: Crew) -> None:
    crew.steps(*CLOSED)
    pool = await open_pool(house.settings, 1)
    await pool.execute("DELETE FROM keys.tickets WHERE ticket = $1", crew.ticket)
    await pool.close()
    answer = looks(crew.operator, crew.ticket, "inquiry", "text", "words")
    assert refused(answer) == (410, "unreadable")
    assert "不可读" in answer.json()["detail"]


async def test_after_a_dispute_the_first_closing_stays_told(house: House, crew: Crew) -> None:
    crew.steps(*CLOSED)
    before = crew.operator.reads(f"/api/tickets/{crew.ticket}")
    crew.steps("dispute")
    after = crew.operator.reads(f"/api/tickets/{crew.ticket}")
    assert (after["stage"], after["outcome"], after["closed_at"]) == ("redo", None, None)
    assert after["first_closed_at"] == before["closed_at"]
    assert (after["first_outcome"], after["first_grade"]) == ("completed", "satisfied")
    assert after["on_time"] == before["on_time"]


async def test_a_supervisor_urges_and_the_unit_hears_of_it(house: House, crew: Crew) -> None:
    crew.steps(*SIGNED)
    supervisor = (await house.person("supervisor")).met(crew.water)
    answer = supervisor.does(crew.ticket, "urge", because="slow", words="样例:请加快")
    assert answer.status_code == 200, answer.text
    crew.water.met(supervisor)
    told = crew.water.reads("/api/units/water/tickets", limit=500)["entries"]
    assert [entry["kind"] for entry in told if entry["ticket"] == crew.ticket][-1] == "urged"
    line = crew.water.reads(f"/api/tickets/{crew.ticket}/timeline")["lines"][-1]
    assert (line["kind"], line["role"]) == ("UrgeOrdered", "supervisor")
    assert line["detail"] == {"unit": "water", "round": 1, "because": "slow", "sealed": ["words"]}
    assert refused(crew.water.does(crew.ticket, "urge", because="slow")) == (403, "not_your_role")
