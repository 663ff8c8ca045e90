"""What people read: fresh, complete, in order, and nothing that they may not know of."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import convert

from shared.figures import FIGURES
from shared.ids import ticket_id
from shared.ticket import commands as c
from shared.ticket.commands import Command
from shared.ticket.words import Actor, Proposed
from tests.sample import PLATFORM, SAMPLE, register
from tests.services.console.people import ANSWERED, CLOSED, SIGNED, SURVEYING, Crew, House, Person, tell


def all_pages(person: Person, address: str, **query: Any) -> list[dict[str, Any]]:
    """Every row of a list, page by page."""
    rows: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = person.reads(address, **query, **cursor)
        rows += page["tickets"]
        if page["next"] is None:
            return rows
        cursor = {"cursor": page["next"]}


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


def test_a_person_sees_at_once_what_they_just_did(crew: Crew) -> None:
    for _ in range(20):
        crew.steps("register", "assign")
        assert crew.operator.reads(f"/api/tickets/{crew.ticket}")["stage"] == "assigned"


def test_a_reader_who_is_ahead_of_the_view_gets_it_as_it_is_and_is_told_how_far_it_is(crew: Crew) -> None:
    crew.steps("register")
    partition, source = crew.operator.seen["View-Token"].split(":")
    ahead = f"{partition}:{int(source) + 1_000_000}"
    started = time.monotonic()
    answer = crew.operator.http.get(f"/api/tickets/{crew.ticket}", headers={"View-Token": ahead})
    assert 1.5 < time.monotonic() - started < 5
    assert answer.status_code == 200
    behind_partition, behind_source = answer.headers["x-view-behind"].split(":")
    assert behind_partition == partition
    assert int(source) <= int(behind_source) < int(source) + 1_000_000


def test_a_token_that_is_none_is_refused(crew: Crew) -> None:
    answer = crew.operator.http.get("/api/tickets", params={"token": "yesterday"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_token")


def test_pages_show_every_ticket_once_newest_first(crew: Crew) -> None:
    made = [crew.operator.registers(place="west").json()["ticket"] for _ in range(7)]
    rows = all_pages(crew.operator, "/api/tickets", place="west", limit=3)
    assert len(ids(rows)) == len(set(ids(rows)))
    assert [one for one in ids(rows) if one in made] == made[::-1]
    times = [row["registered_at"] for row in rows]
    assert times == sorted(times, reverse=True)


def test_each_filter_keeps_only_what_fits(crew: Crew) -> None:
    crew.steps("register", "amend", "assign")
    row = crew.operator.reads(f"/api/tickets/{crew.ticket}")
    for name, value in {
        "stage": "assigned",
        "channel": "console",
        "unit": "water",
        "topic": "water_supply",
        "place": "east",
        "demand": row["demand"],
        "overdue": "false",
        "q": row["number"][:-1],
    }.items():
        assert crew.ticket in ids(all_pages(crew.operator, "/api/tickets", **{name: value}, limit=200)), name
    for name, value in {
        "stage": "closed",
        "channel": "hotline",
        "unit": "centre",
        "topic": "road",
        "place": "west",
        "demand": "praise",
        "overdue": "true",
        "q": "19700101",
    }.items():
        rows = all_pages(crew.operator, "/api/tickets", **{name: value}, limit=200)
        assert crew.ticket not in ids(rows), name


def test_a_cursor_that_is_none_is_refused(crew: Crew) -> None:
    for address in ("/api/tickets?cursor=x", "/api/units/water/tickets?since=bm9uZQ"):
        answer = crew.operator.http.get(address)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    ("steps", "queue"),
    [
        ((*SIGNED, "request-return"), "returns"),
        (ANSWERED, "review"),
        (SURVEYING, "survey"),
    ],
)
def test_a_ticket_waits_in_its_queue(crew: Crew, steps: tuple[str, ...], queue: str) -> None:
    crew.steps(*steps)
    waiting = crew.operator.reads(f"/api/queues/{queue}", limit=500)
    assert crew.ticket in ids(waiting["tickets"])
    assert waiting["total"] >= len(waiting["tickets"])
    others = {"returns", "review", "survey"} - {queue}
    for other in others:
        assert crew.ticket not in ids(crew.operator.reads(f"/api/queues/{other}", limit=500)["tickets"])


async def test_what_a_service_reports_brings_a_ticket_into_the_queues(house: House, crew: Crew) -> None:
    crew.steps("register")
    moved = [
        said(crew.ticket, "dispatch", c.Triage(1, "no rule")),
        said(crew.ticket, "feedback", c.RecordDelivery("number", 1, False, 12, "timeout")),
    ]
    await tell(house.settings, *moved)
    until(lambda: crew.ticket in ids(crew.operator.reads("/api/queues/undelivered", limit=500)["tickets"]))
    assert crew.ticket in ids(crew.operator.reads("/api/queues/triage", limit=500)["tickets"])


async def test_the_overdue_queue_has_what_is_overdue_and_not_yet_closed(house: House, crew: Crew) -> None:
    crew.steps("register")
    in_time = crew.ticket
    crew.steps("register")
    row = crew.operator.reads(f"/api/tickets/{crew.ticket}")
    start = datetime.fromisoformat(row["clock_from"])
    due = Proposed("citizen", 1, start, start, "1d", None, False, [], {})
    await tell(house.settings, said(crew.ticket, "sla", c.SetDeadlines([due])))
    await tell(house.settings, said(crew.ticket, "sla", c.MissDeadline("citizen", 1, start)))
    until(lambda: crew.ticket in ids(crew.operator.reads("/api/queues/overdue", limit=500)["tickets"]))
    assert in_time not in ids(crew.operator.reads("/api/queues/overdue", limit=500)["tickets"])
    crew.steps("answer-directly")
    assert crew.ticket not in ids(crew.operator.reads("/api/queues/overdue", limit=500)["tickets"])
    assert crew.operator.reads(f"/api/tickets/{crew.ticket}")["citizen_missed"]


def test_an_inbox_has_what_its_unit_must_do_and_nothing_else(crew: Crew) -> None:
    crew.steps("register", "assign")
    first = crew.ticket
    crew.steps("register")
    crew.step("assign", lead="road", assisting=[], handler=None)
    rows = crew.water.reads("/api/units/water/inbox", limit=500)["tickets"]
    assert first in ids(rows)
    assert crew.ticket not in ids(rows)
    crew.ticket = first
    crew.steps("sign", "contact", "answer")
    assert first not in ids(crew.water.reads("/api/units/water/inbox", limit=500)["tickets"])


def test_a_unit_reads_its_own_inbox_and_feed_only(crew: Crew) -> None:
    for address in ("/api/units/road/inbox", "/api/units/road/tickets"):
        answer = crew.water.asks(address)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_your_unit")
    assert crew.operator.asks("/api/units/road/inbox").status_code == 200


def test_the_hotlines_queues_are_closed_to_units(crew: Crew) -> None:
    answer = crew.water.asks("/api/queues/triage")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_role")


def test_a_feed_never_skips_and_never_repeats_while_others_write(crew: Crew) -> None:
    """Four writers at once over all partitions, one reader in small steps; then once more from the beginning."""
    person = crew.water
    since = person.reads("/api/units/water/tickets", limit=500)["next"]
    while (stretch := person.reads("/api/units/water/tickets", since=since, limit=500))["entries"]:
        since = stretch["next"]
    started = since
    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(assigned_one, crew) for _ in range(40)]
        seen: list[tuple[int, int]] = []
        while not all(one.done() for one in writing):
            since = follow(person, since, seen)
    written = {one.result() for one in writing}
    until(lambda: written <= {row["ticket"] for row in drained(person, started)})
    while len(seen) < len(drained(person, started)):
        since = follow(person, since, seen)
    assert seen == sorted(set(seen), key=seen.index)
    assert set(seen) == {(row["partition"], row["source"]) for row in drained(person, started)}
    assert len({partition for partition, _ in seen}) > 1


def assigned_one(crew: Crew) -> str:
    operator, water, road = (Person(p.account, p.http) for p in (crew.operator, crew.water, crew.road))
    made = Crew(operator, water, road)
    return made.steps("register", "assign").ticket


def follow(person: Person, since: str, seen: list[tuple[int, int]]) -> str:
    stretch = person.reads("/api/units/water/tickets", since=since, limit=3)
    seen += [(row["partition"], row["source"]) for row in stretch["entries"]]
    return str(stretch["next"])


def drained(person: Person, since: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    while (stretch := person.reads("/api/units/water/tickets", since=since, limit=500))["entries"]:
        rows += stretch["entries"]
        since = stretch["next"]
    return rows


@pytest.mark.parametrize("by", ["channels", "units"])
def test_every_figure_is_as_many_as_the_tickets_behind_it(crew: Crew, by: str) -> None:
    crew.steps(*CLOSED)
    crew.steps(*SURVEYING)
    crew.step("survey", grade="dissatisfied")
    crew.steps("register", "decline")
    for period in (
        {},
        {"from": "2020-01-01", "to": "2100-01-01"},
        {"to": "2020-01-01"},
        {"channel": "console"},
    ):
        said = crew.operator.reads(f"/api/figures/{by}", **period)
        assert [one["name"] for one in said["definitions"]] == [figure.name for figure in FIGURES]
        assert bool(said["rows"]) == (period.get("to") != "2020-01-01")
        for row in said["rows"]:
            for name, figure in row["figures"].items():
                for part in figure.keys() & {"count", "of", "excluded"}:
                    address = f"/api/figures/{by}/{row['key']}/{name}/tickets"
                    behind = all_pages(crew.operator, address, **period, part=part, limit=200)
                    assert len(behind) == figure[part], (row["key"], name, part)
                if "rate" in figure:
                    assert figure["rate"] == figure["count"] / figure["of"]


def test_a_units_figures_are_of_the_tickets_that_it_leads(crew: Crew) -> None:
    crew.steps("register", "assign")
    assert [row["key"] for row in crew.water.reads("/api/figures/units")["rows"]] == ["water"]
    assert crew.ticket in ids(all_pages(crew.water, "/api/figures/units/water/received/tickets"))
    assert all_pages(crew.road, "/api/figures/units/water/received/tickets") == []


def test_a_figure_that_does_not_exist_is_not_found(crew: Crew) -> None:
    for figure in ("happiness", "received.of", "on_time_rate.excluded"):
        answer = crew.operator.asks(f"/api/figures/channels/console/{figure}/tickets")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_figure")


async def test_a_ticket_with_a_scope_is_hidden_from_all_who_do_not_belong_to_it(
    house: House, crew: Crew
) -> None:
    member = await house.person("operator", None, "committee")
    stranger = crew.operator
    external_id = secrets.token_hex(6)
    ticket = ticket_id(SAMPLE, "party", external_id)
    form = register(external_id, channel="minsheng", account="party", scope="committee")
    await tell(house.settings, said(ticket, "intake", form))
    until(lambda: member.asks(f"/api/tickets/{ticket}").status_code == 200)
    assert member.does(ticket, "assign", lead="water").status_code == 200
    stranger.met(member)
    crew.water.met(member)
    for person in (stranger, crew.water):
        for part in ("", "/timeline", "/deadlines"):
            assert person.asks(f"/api/tickets/{ticket}{part}").status_code == 404
        assert person.does(ticket, "amend", urgency="urgent").status_code == 404
        assert ticket not in ids(all_pages(person, "/api/tickets", channel="minsheng"))
        assert "minsheng" not in [row["key"] for row in person.reads("/api/figures/channels")["rows"]]
    assert ticket not in ids(crew.water.reads("/api/units/water/inbox", limit=500)["tickets"])
    assert ticket not in [row["ticket"] for row in drained(crew.water, "")]
    assert ticket in ids(all_pages(member, "/api/tickets", channel="minsheng"))
    assert ticket in ids(member.reads("/api/units/water/inbox", limit=500)["tickets"])


def test_a_timeline_names_its_sealed_texts_and_shows_none(crew: Crew) -> None:
    crew.steps(*ANSWERED)
    answer = crew.operator.asks(f"/api/tickets/{crew.ticket}/timeline")
    lines = answer.json()["lines"]
    assert [line["kind"] for line in lines] == [
        "Registered",
        "Accepted",
        "Assigned",
        "Signed",
        "Contacted",
        "Answered",
    ]
    assert set(lines[-1]["detail"]["sealed"]) == {"reply", "feedback"}
    assert lines[-1]["unit"] == "water"
    assert "样例:已修复" not in answer.text


async def test_deadlines_explain_themselves_day_by_day(house: House, crew: Crew) -> None:
    crew.steps("register")
    now = datetime.now(UTC)
    proposed = {
        "clock": "citizen",
        "round": 1,
        "start": now,
        "due": now.replace(year=now.year + 1),
        "term": "5wd",
        "warn_at": None,
        "provisional": False,
        "trace": [[now.date(), False, "首日不计"]],
        "policies": {"sample/terms": 1},
    }
    body = convert({"deadlines": [proposed]}, c.SetDeadlines)
    await tell(house.settings, said(crew.ticket, "sla", body))
    until(lambda: crew.operator.reads(f"/api/tickets/{crew.ticket}/deadlines")["deadlines"])
    clock, *_ = crew.operator.reads(f"/api/tickets/{crew.ticket}/deadlines")["deadlines"]
    assert (clock["clock"], clock["term"], clock["status"]) == ("citizen", "5wd", "running")
    assert clock["trace"][0][:3] == [now.date().isoformat(), False, "首日不计"]
    assert clock["policies"] == {"sample/terms": 1}


def test_an_account_can_ask_who_it_is(crew: Crew) -> None:
    said = crew.water.reads("/api/me")
    assert (said["role"], said["jurisdiction"], said["unit"]) == ("unit", SAMPLE, "water")


def test_the_policies_that_tickets_were_told_of_are_listed(crew: Crew) -> None:
    said = crew.operator.reads("/api/policies")["policies"]
    assert {row["policy"] for row in said} >= {f"policy/{SAMPLE}/terms", f"policy/{SAMPLE}/units"}


def test_an_address_with_a_nul_is_refused_as_text(crew: Crew) -> None:
    for address in ("/api/tickets/%00", "/api/tickets?place=%00", "/api/units/%00/inbox"):
        answer = crew.operator.http.get(address)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_text")


def said(ticket: str, service: str, body: c.TicketBody) -> Command:
    """A command from a service, or from the sample platform through intake."""
    actor = PLATFORM if service == "intake" else Actor(service, "service")
    return Command(secrets.token_hex(8), ticket, SAMPLE, actor, service, datetime.now(UTC), body)


def until(holds: Any) -> None:
    """Wait for a condition, half a minute at most."""
    limit = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.02)
