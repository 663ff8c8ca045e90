"""What each event does to the views: given a ticket, when something is asked of it, then these columns and rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.keys import Keyring
from shared.postgres import open_pool
from shared.settings import Settings
from shared.ticket import commands as c
from shared.ticket.words import Counted, Past, Proposed
from shared.views.rows import VIEWS
from tests.record import Record, recorded
from tests.sample import (
    ANSWER,
    ASSIGN,
    BECAUSE,
    CIPHER,
    CONTACT,
    RETURN,
    TO_ANSWERED,
    TO_CLOSED,
    TO_SIGNED,
    TO_SURVEYING,
    register,
)
from tests.services.projector.projected import project, rows, ticket_row

AGAIN = (c.Assign("water", BECAUSE), *TO_SURVEYING[2:])
"""The next round, up to its survey."""
FAR = datetime(2099, 1, 1, tzinfo=UTC)
PAST = datetime(2020, 1, 1, tzinfo=UTC)


def due(clock: str, moment: datetime, start: datetime = FAR, round: int = 1) -> c.SetDeadlines:
    trace = [Counted(moment.date(), True, "样例")]
    return c.SetDeadlines(
        [Proposed(clock, round, start, moment, "5wd", None, False, trace, {"sample/terms": 1})]  # type: ignore[arg-type]
    )


CASES: list[tuple[str, tuple[c.TicketBody, ...], dict[str, Any]]] = [
    ("registered", (register(),), {"stage": "registered", "version": 1, "place": "east", "on_time": None}),
    ("supplemented", (register(), c.Amend(text=CIPHER)), {"supplements": 1}),
    ("reclassified", (register(), c.Amend(topic="road")), {"topic": "road", "supplements": 0}),
    ("triaged", (register(), c.Triage(1, "no rule")), {"triaged": True, "stage": "registered"}),
    ("accepted", (register(), c.Accept()), {"stage": "accepted"}),
    ("declined", (register(), c.Decline("x", CIPHER, "court")), {"stage": "closed", "outcome": "declined"}),
    ("answered at once", (register(), c.AnswerDirectly(CIPHER)), {"outcome": "answered_directly"}),
    (
        "assigned",
        (register(), c.Assign("water", BECAUSE, ["road"], "w1")),
        {"stage": "assigned", "lead": "water", "assisting": ["road"], "units": ["water", "road"], "handler": "w1"},
    ),
    ("signed by another handler", (register(), ASSIGN, c.Sign("w2")), {"stage": "signed", "handler": "w2"}),
    ("return requested", (*TO_SIGNED, RETURN), {"stage": "return_requested", "returns": 0}),
    (
        "return upheld: the unit keeps only its past",
        (*TO_SIGNED, RETURN, c.RuleOnReturn(True, CIPHER, None)),
        {"stage": "accepted", "lead": None, "units": ["water"], "returns": 1, "triaged": True},
    ),
    ("return refused", (*TO_SIGNED, RETURN, c.RuleOnReturn(False, CIPHER)), {"stage": "signed", "lead": "water"}),
    ("answered", TO_ANSWERED, {"stage": "answered"}),
    (
        "sent back: the unit's clock runs on",
        (*TO_ANSWERED, c.SendBack(CIPHER)),
        {"stage": "signed", "unit_stopped_at": None},
    ),
    ("approved", TO_SURVEYING, {"stage": "surveying", "grade": None}),
    ("not reached", (*TO_SURVEYING, c.RecordAttempt("phone")), {"attempts": 1, "stage": "surveying"}),
    (
        "lapsed unrated",
        (*TO_SURVEYING, c.RecordAttempt("phone"), c.RecordAttempt("phone")),
        {"stage": "closed", "outcome": "completed", "grade": None},
    ),
    ("satisfied", (*TO_SURVEYING, c.RecordSurvey("satisfied")), {"stage": "closed", "grade": "satisfied"}),
    (
        "dissatisfied: a second round at the superior",
        (*TO_SURVEYING, c.RecordSurvey("dissatisfied")),
        {"stage": "redo", "round": 2, "redos": 1, "lead": "centre", "units": ["water", "centre"]},
    ),
    (
        "disputed: the first closing stays told, the citizen's clock stays as it stopped",
        (register(), due("citizen", FAR), *TO_CLOSED[1:], c.Dispute(CIPHER)),
        {"stage": "redo", "round": 2, "redos": 1, "lead": "centre", "outcome": None, "closed_at": None,
         "first_outcome": "completed", "first_grade": "satisfied", "on_time": True},
    ),
    (
        "disputed and closed again, unrated",
        (*TO_CLOSED, c.Dispute(CIPHER), *AGAIN, c.Close(CIPHER)),
        {"stage": "closed", "outcome": "completed", "grade": None, "first_grade": "satisfied", "round": 2},
    ),
    ("looked at: nothing changes", (register(), c.Look(["text"], "inquiry")), {"version": 1, "stage": "registered"}),
    ("urged by a person", (*TO_SIGNED, c.Urge("overdue", CIPHER)), {"version": 4, "urges_ordered": 1}),
    ("closed unrated", (*TO_SURVEYING, c.Close(CIPHER)), {"stage": "closed", "outcome": "completed", "grade": None}),
    (
        "in time: stopped before it was due",
        (register(), due("citizen", FAR), c.AnswerDirectly(CIPHER)),
        {"on_time": True, "citizen_missed": False, "citizen_due": FAR},
    ),
    (
        "too late: stopped after it was due",
        (register(), due("citizen", PAST), c.AnswerDirectly(CIPHER)),
        {"on_time": False, "citizen_missed": True, "missed": True},
    ),
    (
        "late word of a due moment counts as well",
        (register(), c.AnswerDirectly(CIPHER), due("citizen", FAR)),
        {"on_time": True},
    ),
    (
        "missed while it runs",
        (register(), due("citizen", PAST), c.MissDeadline("citizen", 1, PAST)),
        {"citizen_missed": True, "unit_missed": False, "missed": True, "on_time": None},
    ),
    ("given up on telling the channel", (register(), c.RecordDelivery("number", 1, False, 5)), {"undelivered": 1}),
    (
        "imported and closed, by the times it claims",
        (
            c.ImportHistory(
                "hotline", "city", "A1", CIPHER, CIPHER,
                Past(PAST, PAST + timedelta(days=5), PAST + timedelta(days=3), PAST + timedelta(days=4),
                     "completed", "satisfied", "water"),
            ),
        ),
        {"imported": True, "registered_at": PAST, "on_time": True, "grade": "satisfied", "lead": "water",
         "closed_at": PAST + timedelta(days=4), "stage": "closed"},
    ),
    (
        "imported and open, its time up",
        (c.ImportHistory("hotline", "city", "A1", CIPHER, CIPHER, Past(PAST, PAST + timedelta(days=5), unit="water")),),
        {"stage": "assigned", "citizen_missed": True, "on_time": None, "units": ["water"]},
    ),
]  # fmt: skip


@pytest.fixture
async def played(settings: Settings, topics: str) -> None:
    """Every case as a ticket of its own, projected in one go."""
    async with recorded(settings) as record:
        for name, bodies, _ in CASES:
            await record.given(name, *bodies)
    await project(settings)


async def test_each_event_changes_its_ticket_as_the_table_says(settings: Settings, played: None) -> None:
    for name, _, wanted in CASES:
        row = await ticket_row(settings, name)
        assert {column: row[column] for column in wanted} == wanted, name


async def test_every_event_of_the_cases_stands_in_the_timeline_without_its_sealed_words(
    settings: Settings, played: None
) -> None:
    found = await rows(
        settings, "SELECT detail::text, kind FROM timeline WHERE ticket = 'answered' ORDER BY source, seq"
    )
    assert [row["kind"] for row in found] == [
        "Registered",
        "Accepted",
        "Assigned",
        "Signed",
        "Contacted",
        "Answered",
    ]
    assert all(CIPHER not in row["detail"] for row in found)
    assert '"sealed": ["reply", "feedback"]' in found[-1]["detail"]


async def test_every_unit_that_ever_had_a_ticket_has_it_in_its_list(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record:
        await record.given("t-1", *TO_SIGNED, RETURN, c.RuleOnReturn(True, CIPHER, "road"))
        await record.given("t-1", c.Assign("road", BECAUSE))
        await record.given("t-2", register())
    await project(settings)
    had = """
    SELECT id, u.unit, u.registered_at = t.registered_at AS at FROM unit_tickets u JOIN tickets t USING (id)
    ORDER BY unit
    """
    assert [tuple(row.values()) for row in await rows(settings, had)] == [
        ("t-1", "road", True),
        ("t-1", "water", True),
    ]


async def test_the_columns_are_those_of_the_row_types_in_their_order(
    settings: Settings, played: None
) -> None:
    for view, kind in VIEWS.items():
        found = await rows(
            settings,
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'views' AND table_name = $1 ORDER BY ordinal_position",
            view,
        )
        assert tuple(row["column_name"] for row in found) == kind.__struct_fields__, view


async def clocks(settings: Settings, ticket: str) -> dict[str, str]:
    found = await rows(settings, "SELECT clock, round, status FROM deadlines WHERE ticket = $1", ticket)
    return {f"{row['clock']} {row['round']}": row["status"] for row in found}


async def assigned_at(record: Record, ticket: str) -> datetime:
    (at,) = [
        kept.ticket.assigned_at for book in record.books if (kept := book.tickets.get(ticket)) and kept.ticket
    ]
    assert at is not None
    return at


async def test_a_units_clocks_are_met_missed_or_taken_away_with_an_upheld_return(
    settings: Settings, topics: str
) -> None:
    async with recorded(settings) as record:
        for ticket in ("met", "returned", "late word"):
            await record.given(ticket, register(), ASSIGN)
            start = await assigned_at(record, ticket)
            if ticket == "late word":
                await record.given(ticket, c.Sign())
            await record.given(
                ticket, due("sign", FAR, start), due("contact", FAR, start), due("answer", PAST, start)
            )
        await record.given("met", c.Sign(), CONTACT, c.MissDeadline("answer", 1, PAST), ANSWER)
        await record.given("returned", RETURN, c.RuleOnReturn(True, CIPHER, "road"))
    await project(settings)
    assert await clocks(settings, "met") == {"sign 1": "met", "contact 1": "met", "answer 1": "missed"}
    assert await clocks(settings, "returned") == {"sign 1": "void", "contact 1": "void", "answer 1": "void"}
    assert await clocks(settings, "late word") == {
        "sign 1": "met",
        "contact 1": "running",
        "answer 1": "running",
    }
    row = await ticket_row(settings, "met")
    assert (row["unit_missed"], row["missed"], row["unit_due"]) == (True, True, PAST)


async def test_a_unit_hears_of_what_it_gets_and_of_what_it_loses(settings: Settings, topics: str) -> None:
    async with recorded(settings) as record:
        await record.given("t-1", *TO_SURVEYING, c.RecordSurvey("dissatisfied"))
        await record.given("t-1", c.Assign("centre", BECAUSE))
    await project(settings)
    found = await rows(settings, "SELECT unit, kind FROM unit_feed ORDER BY source, unit")
    assert [(row["unit"], row["kind"]) for row in found] == [
        ("water", "assigned"), ("water", "approved"), ("centre", "redo"), ("water", "lost"), ("centre", "assigned"),
    ]  # fmt: skip


async def test_a_refusal_stands_in_the_timeline_with_its_sentence_and_changes_nothing(
    settings: Settings, topics: str
) -> None:
    async with recorded(settings) as record:
        await record.given("t-1", register())
        await record.when("t-1", c.Sign())
    await project(settings)
    (found,) = await rows(settings, "SELECT kind, asked, detail::text FROM timeline WHERE kind = 'refused'")
    assert found["asked"] == "Sign"
    assert "not_in_this_stage" in found["detail"]
    assert (await ticket_row(settings, "t-1"))["version"] == 1


async def test_a_title_is_opened_and_its_numbers_are_masked(settings: Settings, topics: str) -> None:
    pool = await open_pool(settings, 1)
    keyring = Keyring(pool, settings)
    await keyring.prepare()
    key = await keyring.key("t-1")
    async with recorded(settings) as record:
        await record.given("t-1", register(title=key.seal("title", "样例停水,电话138 0000 0000")))
    await pool.close()
    await project(settings)
    assert (await ticket_row(settings, "t-1"))["title"] == "样例停水,电话*************"
