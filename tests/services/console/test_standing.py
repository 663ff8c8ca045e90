"""What a page offers is what the ledger would accept, and what it bars says why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from services.console.asking.standing import offers, sights, standing
from services.console.pages.shown import why
from services.console.pages.styleguide import NEW
from services.console.people.accounts import Account
from services.console.rows import TicketRow
from services.console.words import Language, Words
from shared.policy.documents import Policies
from shared.ticket.refusals import refuse
from tests.sample import SAMPLE, documents, surveys
from tests.sample import document as as_document

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
POLICIES = Policies(documents())
OPERATOR = Account("operator", "operator", SAMPLE)
WATER = Account("water", "unit", SAMPLE, "water")
ROAD = Account("road", "unit", SAMPLE, "road")
SUPERVISOR = Account("supervisor", "supervisor", SAMPLE)
AUDITOR = Account("auditor", "auditor", SAMPLE)


class Line(Struct):
    kind: str


def row(stage: str, **change: Any) -> TicketRow:
    times = {"registered_at": NOW, "clock_from": NOW, "assigned_at": NOW, "closed_at": NOW}
    at_water = {} if stage in ("registered", "accepted") else {"lead": "water", "assisting": ["road"]}
    return replace(NEW, **{"jurisdiction": SAMPLE, "stage": stage, **times, **at_water, **change})


def offered(
    row: TicketRow, caller: Account, *lines: str, policies: Policies = POLICIES, at: datetime = NOW
) -> dict[str, str | None]:
    ticket = standing(row, [Line(kind) for kind in lines])
    return {
        one.action: one.refusal.code if one.refusal else None for one in offers(ticket, caller, policies, at)
    }


def test_each_role_is_offered_what_the_table_gives_it_and_nothing_else_is_mentioned() -> None:
    assert list(offered(row("registered"), OPERATOR)) == [
        "accept",
        "assign",
        "answer-directly",
        "decline",
        "amend",
    ]
    assert list(offered(row("assigned"), WATER)) == ["sign", "contact", "request-return"]
    assert list(offered(row("return_requested"), OPERATOR)) == ["rule-on-return", "amend"]
    assert list(offered(row("answered"), OPERATOR)) == ["approve", "send-back", "amend"]
    assert list(offered(row("assigned"), SUPERVISOR)) == ["urge"]
    for nobody in (ROAD, AUDITOR):
        assert offered(row("signed"), nobody) == {}


def test_an_answer_is_barred_until_the_citizen_was_contacted() -> None:
    assert offered(row("signed"), WATER)["answer"] == "contact_first"
    assert offered(row("signed", contacted_at=NOW), WATER)["answer"] is None
    never = Policies([*documents(), as_document(surveys(contact_required=False), 2)])
    assert offered(row("signed"), WATER, policies=never)["answer"] is None


def test_a_return_is_barred_after_a_ruling_and_after_its_window() -> None:
    assert offered(row("assigned"), WATER)["request-return"] is None
    assert offered(row("assigned"), WATER, "ReturnRuled")["request-return"] == "return_already_ruled"
    late = NOW + timedelta(hours=25)
    assert offered(row("assigned"), WATER, at=late)["request-return"] == "return_too_late"


def test_a_closing_can_be_disputed_once_and_within_its_window() -> None:
    closed = row("closed", outcome="completed", closed_at=NOW)
    assert offered(closed, OPERATOR) == {"dispute": None}
    assert offered(replace(closed, reopened_at=NOW), OPERATOR) == {"dispute": "disputed_already"}
    assert offered(closed, OPERATOR, at=NOW + timedelta(days=60)) == {"dispute": "dispute_too_late"}
    assert offered(row("closed", outcome="declined"), OPERATOR) == {}


def test_a_dissatisfied_survey_says_what_it_brings() -> None:
    ticket = standing(row("surveying"), [])
    survey = next(one for one in offers(ticket, OPERATOR, POLICIES, NOW) if one.action == "survey")
    assert [type(event).__name__ for event in survey.events] == ["SurveyAnswered", "RedoOrdered"]


def test_sealed_fields_are_offered_by_role_and_step() -> None:
    def may(row: TicketRow, caller: Account) -> dict[str, list[str]]:
        return {one.purpose: list(one.fields) for one in sights(standing(row, []), caller, NOW)}

    assert may(row("signed"), WATER)["contact"] == ["title", "text", "citizen"]
    assert may(row("signed", confidential=True), WATER)["contact"] == ["title", "text"]
    assert list(may(row("signed"), OPERATOR)) == ["contact", "inquiry"]
    assert may(row("closed", outcome="completed"), WATER) == {}
    assert list(may(row("closed", outcome="completed"), AUDITOR)) == ["audit"]


@pytest.mark.parametrize("caller", [OPERATOR, WATER, SUPERVISOR, AUDITOR], ids=lambda one: one.role)
def test_without_policies_nothing_breaks(caller: Account) -> None:
    assert isinstance(offered(row("surveying"), caller, policies=Policies()), dict)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "退单须在 2026-03-03 10:00 前提出,现已超过。"),
        ("en", "A return had to be requested before 2026-03-03 10:00."),
    ],
)
def test_a_refusal_tells_the_records_times_in_beijing(language: Language, said: str) -> None:
    assert why(Words(language), refuse("return_too_late", due="2026-03-03T02:00:00+00:00")) == said
