"""The streams of open pages: what changed of what they show, to whoever may see it, without a gap and not for ever."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from asyncpg import InterfaceError, PostgresError, Record
from msgspec import json

from services.console.live import lists
from services.console.live.age import Age
from services.console.live.hub import BEAT
from services.console.live.lists import EVENT as LIST
from services.console.live.lists import Lists, standing
from services.console.live.messages import message
from services.console.live.presence import Present, seen_by
from services.console.live.rows import CHANGED
from services.console.live.streams import EACH, PAUSED, WAITING, Shows, Stream
from services.console.people.accounts import Account
from services.console.queries import Queries
from shared.postgres import open_pool
from shared.problems import Problem
from tests.services.console.browser.visiting import with_password
from tests.services.console.browsing import Browser, Message
from tests.services.console.people import SIGNED, Crew, House, Person

Opened = Callable[[Person], Awaitable[Browser]]


@pytest.fixture
async def opened(house: House) -> AsyncIterator[Opened]:
    with ExitStack() as stack:

        async def begin(person: Person) -> Browser:
            return stack.enter_context(Browser(house, await with_password(house, person)))

        yield begin


def until(messages: Iterator[Message], event: str = "", having: str = "") -> Message:
    """The next message of that kind; those of other kinds go by."""
    return next(one for one in messages if one.event == event and having in one.text)


def stands(messages: Iterator[Message], **wanted: Any) -> dict[str, Any]:
    """How a list stands, once it stands so."""
    told = (json.decode(one.text) for one in messages if one.event == LIST)
    return next(one for one in told if wanted.items() <= one.items())


async def test_an_entry_changes_the_row_where_it_is_shown(crew: Crew, opened: Opened) -> None:
    crew.steps("register")
    browser = await opened(await_seen(crew))
    with browser.stream(tickets=crew.ticket) as messages:
        assert "入账延迟" in until(messages, BEAT).text
        crew.steps("assign")
        changed = until(messages)
        assert f'<hx-partial hx-target="#ticket-{crew.ticket}" hx-swap="outerMorph">' in changed.text
        assert "已派单" in changed.text


def await_seen(crew: Crew) -> Person:
    """The operator, once the views show the ticket."""
    crew.operator.reads(f"/api/tickets/{crew.ticket}")
    return crew.operator


async def test_a_stream_goes_on_where_it_broke_off(crew: Crew, opened: Opened) -> None:
    crew.steps("register")
    browser = await opened(await_seen(crew))
    with browser.stream(tickets=crew.ticket) as messages:
        crew.steps("assign")
        place = until(messages).id
    crew.steps("sign")
    await_seen(crew)
    with browser.stream(place, tickets=crew.ticket) as messages:
        assert "已签收" in until(messages).text
    with browser.stream(tickets=crew.ticket) as messages:
        assert "已签收" in until(messages).text


async def test_nobody_gets_a_row_that_they_may_not_see(crew: Crew, opened: Opened) -> None:
    crew.steps("register").step("assign", assisting=[])
    await_seen(crew)
    own = Crew(crew.operator, crew.road, crew.water).steps("register")
    own.step("assign", lead="road", assisting=[], handler=None)
    await_seen(own)
    stranger = await opened(crew.road)
    with stranger.stream(tickets=f"{crew.ticket} {own.ticket}", ticket=crew.ticket) as messages:
        until(messages, BEAT)
        crew.steps("sign")
        own.step("sign", handler=None)
        told = until(messages, having=own.ticket)
        assert "已签收" in told.text
        assert crew.ticket not in told.text


async def test_a_list_tells_what_it_would_show_that_the_page_does_not(crew: Crew, opened: Opened) -> None:
    browser = await opened(crew.road)
    with browser.stream(lists="inbox triage") as messages:
        had = stands(messages, list="inbox")
        crew.steps("register").step("assign", lead="road", assisting=[], handler=None)
        told = stands(messages, total=had["total"] + 1)
        assert crew.ticket in told["new"]


async def test_a_list_behind_a_number_tells_the_same_by_its_address(
    house: House, crew: Crew, opened: Opened
) -> None:
    chief, unit = await opened(await house.person("supervisor")), await opened(crew.water)
    at = "/risks?group=passed_on&unit=water"
    with chief.stream(lists=f"{at} /logout /risks?group=nothing") as messages:
        had = stands(messages, list=at)
        crew.steps(*SIGNED, "request-return")
        assert crew.ticket in stands(messages, total=had["total"] + 1)["new"]
    with unit.stream(lists=f"{at} inbox") as messages:
        until(messages, BEAT)
        assert stands(messages)["list"] == "inbox"


@pytest.mark.parametrize("days", ["to=9999-12-31", "from=0001-01-01&to=9999-12-31"])
async def test_a_list_of_days_that_no_calendar_has_is_told_like_any_other(
    crew: Crew, opened: Opened, days: str
) -> None:
    browser = await opened(crew.operator)
    with browser.stream(lists=f"/figures/received/count?{days}&by=channels") as messages:
        assert stands(messages)["total"] >= 0
    crew.steps("register")
    assert crew.operator.reads(f"/api/figures/channels?{days}")["rows"]


def test_what_a_page_shows_is_no_news_and_pressing_tickets_ring_as_such() -> None:
    rows = [
        {"id": "a", "urgency": "ordinary", "missed": False, "total": 3},
        {"id": "b", "urgency": "critical", "missed": False, "total": 3},
        {"id": "c", "urgency": "ordinary", "missed": True, "total": 3},
    ]
    told = standing("triage", rows, {"a"})
    assert told == {"list": "triage", "total": 3, "new": ["b", "c"], "urgent": ["b"], "overdue": ["c"]}
    assert standing("triage", [], {"a"})["total"] == 0


class Unwell(Queries):
    """Queues that are empty; those of the people in ``trouble`` fail so, or give no answer at all."""

    def __init__(self, trouble: dict[str, Exception | None]) -> None:
        self.trouble = trouble

    async def glance(self, caller: Account, *_: object, **__: object) -> list[Record]:
        if caller.jurisdiction in self.trouble:
            if error := self.trouble[caller.jurisdiction]:
                raise error
            await asyncio.Event().wait()
        return []


@pytest.mark.parametrize(
    "trouble",
    [None, OSError(), PostgresError(), InterfaceError(""), Problem(400, "no_list", "", "")],
    ids=repr,
)
async def test_one_list_that_cannot_be_read_keeps_no_other_back_and_is_told_once_it_can(
    monkeypatch: pytest.MonkeyPatch, trouble: Exception | None
) -> None:
    monkeypatch.setattr(lists, "PATIENCE", 0.01)
    queries = Unwell({"unwell": trouble})
    streams = [
        Stream(Account(at, "operator", at), "", "zh", Shows(["triage"]))
        for at in ("before", "unwell", "after")
    ]
    no_listings: Any = None
    told = Lists(queries, no_listings)
    for stream in streams:
        told.opened(stream)
    await told.tell(streams, "")
    assert [len(stream.told) for stream in streams] == [1, 0, 1]
    queries.trouble.clear()
    await told.tell(streams, "")
    assert [len(stream.told) for stream in streams] == [1, 1, 1]


async def test_a_tickets_page_hears_what_another_did_and_not_what_oneself_did(
    house: House, crew: Crew, opened: Opened
) -> None:
    crew.steps("register")
    other = await house.person("operator")
    browser = await opened(await_seen(crew))
    with browser.stream(ticket=crew.ticket) as messages:
        crew.steps("assign")
        until(messages, CHANGED)
        other.met(crew.operator).does(crew.ticket, "amend", text="样例:补充")
        news = until(messages)
        assert "派单" not in news.text
        assert ("补充" in news.text, other.account.id in news.text) == (True, True)


async def test_who_edits_is_told_apart_from_who_looks(house: House, crew: Crew, opened: Opened) -> None:
    crew.steps("register")
    other, watcher = await house.person("operator"), await house.person("auditor")
    one, two, three = [await opened(person) for person in (await_seen(crew), other, watcher)]
    with one.stream(ticket=crew.ticket) as messages, three.stream(ticket=crew.ticket) as watched:
        until(watched, having=crew.operator.account.id)
        with two.stream(ticket=crew.ticket):
            looks = until(messages, having=other.account.id)
            assert ("正在查看" in looks.text, "正在编辑" in looks.text) == (True, False)
            assert watcher.account.id not in looks.text
            two.posts(f"/drafts/{crew.ticket}/amend", text="样例:写")
            until(messages, having="正在编辑")
            two.posts(f"/drafts/{crew.ticket}/amend", text="")
            until(messages, having="正在查看")
        assert until(messages, having='hx-target="#company"').text.count("<li") == 0


def test_a_unit_does_not_see_that_a_supervisor_looks_and_nobody_sees_an_auditor() -> None:
    present = [
        Present("t", role, role, "water" if role == "unit" else None, edits=role == "unit")
        for role in ("auditor", "operator", "supervisor", "unit")
    ]
    seen = {
        role: [one.person for one in seen_by(Account("me", role, "sample"), present)]
        for role in ("operator", "unit", "supervisor", "auditor")
    }
    hotline = ["unit", "operator", "supervisor"]
    assert seen == {
        "operator": hotline,
        "supervisor": hotline,
        "auditor": hotline,
        "unit": ["unit", "operator"],
    }


async def test_a_person_has_so_many_streams_and_the_oldest_makes_way(crew: Crew, opened: Opened) -> None:
    crew.steps("register")
    browser = await opened(await_seen(crew))
    with browser.stream(tickets=crew.ticket) as first:
        until(first, BEAT)
        with ExitStack() as later:
            for _ in range(EACH):
                messages = later.enter_context(browser.stream(tickets=crew.ticket))
                until(messages, BEAT)
                later.callback(messages.close)
            until(first, PAUSED)
            assert list(first) == []


async def test_a_slow_reader_is_dropped() -> None:
    stream = Stream(Account("slow", "operator", "sample"), "", "zh", Shows())
    for n in range(WAITING + 1):
        stream.put(str(n))
    assert [one async for one in stream.messages()] == []


async def test_a_login_that_is_over_opens_no_stream(house: House, crew: Crew, opened: Opened) -> None:
    browser = await opened(crew.operator)
    assert browser.http.post("/live", data={"tickets": ""}).status_code == 403
    pool = await open_pool(house.settings, 1)
    await pool.execute("UPDATE accounts.login SET ended = true WHERE account = $1", crew.operator.account.id)
    await pool.close()
    answer: httpx.Response = browser.posts("/live", tickets="")
    assert answer.status_code == 401


def test_a_message_has_a_line_for_each_line_and_nothing_in_it_ends_it() -> None:
    assert message("a\nb\r\n\nc", "p", "e") == "id: p\nevent: e\ndata: a\ndata: b\ndata: \ndata: c\n\n"


def test_while_the_views_lack_entries_their_age_grows() -> None:
    now = datetime(2026, 3, 2, 8, tzinfo=UTC)
    age = Age(now)
    age.look(now + timedelta(seconds=5), {0: 7, 1: -1}, {0: 7})
    assert (age.at, age.behind) == (now + timedelta(seconds=5), 0.0)
    for later in (9, 10):
        age.look(now + timedelta(seconds=later), {0: 8, 1: -1}, {0: 7})
        assert age.at == now + timedelta(seconds=5)
    assert age.behind == 1.0
    age.look(now + timedelta(seconds=60), {0: 8, 1: -1}, {0: 7})
    assert (age.at, age.behind) == (now + timedelta(seconds=5), 51.0)
    age.took(now + timedelta(seconds=61), now + timedelta(seconds=9))
    age.look(now + timedelta(seconds=61), {0: 8}, {0: 8})
    age.took(now + timedelta(seconds=62), now + timedelta(seconds=61))
    assert (age.at, age.behind) == (now + timedelta(seconds=61), 1.0)


def test_views_that_follow_a_record_without_a_pause_are_as_old_as_their_last_entry() -> None:
    now = datetime(2026, 3, 2, 8, tzinfo=UTC)
    age = Age(now)
    for second in range(1, 60):
        age.look(now + timedelta(seconds=second), {0: second}, {0: second - 1})
        assert now + timedelta(seconds=second) - age.at <= timedelta(seconds=1)
    assert age.behind <= 1.0
