"""查看: who may open which sealed fields, at which stage and what for (design §8)."""

from typing import get_args

import pytest

from shared.ticket import commands as c
from shared.ticket import events as e
from shared.ticket.rules.looking import FIELDS_ZH, PURPOSES_ZH, RIGHTS
from shared.ticket.words import Actor, Field, Purpose
from tests.sample import (
    ASSIGN,
    AUDITOR,
    BECAUSE,
    OPERATOR,
    PLATFORM,
    RETURN,
    ROAD,
    SUPERVISOR,
    TO_ANSWERED,
    TO_CLOSED,
    TO_SIGNED,
    TO_SURVEYING,
    WATER,
    Story,
    names,
    refused,
    register,
    service,
)

SHARED = (register(), c.Assign("water", BECAUSE, ["road"]))
HIDDEN = (register(confidential=True), c.Assign("water", BECAUSE, ["road"]))
Given = tuple[c.TicketBody, ...]

ALLOWED: list[tuple[str, Given, Actor, list[Field], Purpose]] = [
    ("an operator who dispatches", (register(),), OPERATOR, ["title", "text"], "dispatch"),
    ("an operator who rules", (register(), ASSIGN, RETURN), OPERATOR, ["text", "reason"], "ruling"),
    ("an operator who reviews", TO_ANSWERED, OPERATOR, ["text", "reply", "feedback", "record"], "review"),
    ("an operator who calls back", TO_SURVEYING, OPERATOR, ["citizen", "reply"], "survey"),
    ("an operator asked by the citizen", TO_CLOSED, OPERATOR, ["text", "words"], "inquiry"),
    ("the lead unit, to contact", SHARED, WATER, ["text", "citizen"], "contact"),
    ("the lead unit, to handle", TO_SIGNED, WATER, ["text", "reason"], "handling"),
    ("an assisting unit, to contact", SHARED, ROAD, ["text", "citizen"], "contact"),
    ("an assisting unit, to handle", SHARED, ROAD, ["title", "text"], "handling"),
    ("a supervisor", TO_SIGNED, SUPERVISOR, ["text", "record"], "supervision"),
    ("an operator, the evidence of an answer", TO_ANSWERED, OPERATOR, ["attachment"], "review"),
    ("the lead unit, the files", TO_SIGNED, WATER, ["attachment"], "handling"),
    ("an assisting unit, the files", SHARED, ROAD, ["attachment"], "handling"),
    ("an auditor", TO_CLOSED, AUDITOR, ["citizen", "reply", "words"], "audit"),
    ("an operator, of a confidential ticket", HIDDEN, OPERATOR, ["citizen"], "contact"),
    ("a unit, the words of a confidential ticket", HIDDEN, WATER, ["text"], "contact"),
]
REFUSED: list[tuple[str, Given, Actor, list[Field], Purpose, str]] = [
    ("another unit", (register(), ASSIGN), ROAD, ["text"], "handling", "not_holding"),
    ("a unit after its answer was approved", TO_SURVEYING, WATER, ["text"], "handling", "look_not_allowed"),
    (
        "a unit whose answer waits, the citizen",
        TO_ANSWERED,
        WATER,
        ["citizen"],
        "contact",
        "look_not_allowed",
    ),
    ("a unit, the citizen to handle", SHARED, WATER, ["citizen"], "handling", "look_not_allowed"),
    ("an assisting unit, the lead's feedback", SHARED, ROAD, ["feedback"], "handling", "look_not_allowed"),
    ("a supervisor, the citizen", TO_SIGNED, SUPERVISOR, ["citizen"], "supervision", "look_not_allowed"),
    ("an operator who only dispatches", (register(),), OPERATOR, ["citizen"], "dispatch", "look_not_allowed"),
    ("an operator at another step", TO_SIGNED, OPERATOR, ["text"], "review", "look_not_allowed"),
    ("an operator as an auditor", TO_SIGNED, OPERATOR, ["text"], "audit", "look_not_allowed"),
    ("a lead unit, a confidential citizen", HIDDEN, WATER, ["citizen"], "contact", "look_not_allowed"),
    ("an assisting one, a confidential citizen", HIDDEN, ROAD, ["citizen"], "contact", "look_not_allowed"),
    (
        "a unit after its answer, the files",
        TO_SURVEYING,
        WATER,
        ["attachment"],
        "handling",
        "look_not_allowed",
    ),
    ("a unit that only calls, the files", SHARED, WATER, ["attachment"], "contact", "look_not_allowed"),
    ("a channel", (register(),), PLATFORM, ["text"], "inquiry", "not_your_role"),
    ("a service", (register(),), service("dispatch"), ["text"], "dispatch", "not_your_role"),
]


@pytest.mark.parametrize(
    ("given", "by", "fields", "purpose"), [row[1:] for row in ALLOWED], ids=[row[0] for row in ALLOWED]
)
def test_may_look(given: Given, by: Actor, fields: list[Field], purpose: Purpose) -> None:
    entry = Story().given(*given).when(c.Look(fields, purpose), by=by)
    assert entry.events == [e.Looked(sorted(fields), purpose)], entry.refusal


@pytest.mark.parametrize(
    ("given", "by", "fields", "purpose", "code"),
    [row[1:] for row in REFUSED],
    ids=[row[0] for row in REFUSED],
)
def test_may_not_look(given: Given, by: Actor, fields: list[Field], purpose: Purpose, code: str) -> None:
    assert refused(Story().given(*given).when(c.Look(fields, purpose), by=by)) == code


def test_one_field_too_many_opens_none_and_is_named() -> None:
    entry = Story().given(*SHARED).when(c.Look(["text", "citizen"], "handling"), by=WATER)
    assert entry.refusal is not None
    assert entry.refusal.zh == "工单处于“已派单”,您不能以“办理”为由查看:诉求人。"
    assert entry.refusal.en == "At assigned you may not look for handling at: citizen."


def test_a_unit_that_lost_the_ticket_looks_no_more() -> None:
    story = Story().given(*TO_SIGNED, RETURN, c.RuleOnReturn(True, register().text, "road"))
    story.given(c.Assign("road", BECAUSE))
    assert refused(story.when(c.Look(["text"], "handling"), by=WATER)) == "not_holding"
    assert names(story.when(c.Look(["text"], "handling"), by=ROAD)) == ["Looked"]


def test_a_look_at_nothing_or_for_a_purpose_of_ones_own_is_no_command() -> None:
    story = Story().given(register())
    assert story.when(c.Look([], "inquiry")).undecodable
    assert story.when(c.Look(["text"], "curiosity")).undecodable  # type: ignore[arg-type]
    assert story.when(c.Look(["attachment"], "inquiry", ["样例.png"])).undecodable


def test_every_field_and_purpose_has_a_word_and_somebody_who_needs_it() -> None:
    assert set(FIELDS_ZH) == set(get_args(Field)) == {field for right in RIGHTS for field in right.fields}
    assert set(PURPOSES_ZH) == set(get_args(Purpose)) == {right.purpose for right in RIGHTS}
    assert all(right.source for right in RIGHTS)
