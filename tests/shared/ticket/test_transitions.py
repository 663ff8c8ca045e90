"""Every row of the transition table: given a ticket at that stage, when it is asked by whom the row allows, then so."""

from datetime import timedelta
from typing import NamedTuple

import pytest

from shared.ticket import commands as c
from shared.ticket.decide import ANY, NEW, OPEN, ROW, SAME, TRANSITIONS
from shared.ticket.words import Actor, Past, Proposed
from tests.sample import (
    ANSWER,
    ASSIGN,
    BECAUSE,
    CIPHER,
    CONTACT,
    RETURN,
    START,
    TO_ANSWERED,
    TO_SIGNED,
    TO_SURVEYING,
    WATER,
    Story,
    names,
    refused,
    register,
)

REACHED: dict[str, tuple[c.TicketBody, ...]] = {
    NEW: (),
    "registered": (register(),),
    "accepted": (register(), c.Accept()),
    "assigned": (register(), ASSIGN),
    "signed": TO_SIGNED,
    "return_requested": (register(), ASSIGN, RETURN),
    "answered": TO_ANSWERED,
    "surveying": TO_SURVEYING,
    "redo": (*TO_SURVEYING, c.RecordSurvey("dissatisfied")),
    "closed": (*TO_SURVEYING, c.RecordSurvey("satisfied")),
}
"""How a ticket comes to each stage."""

CITIZEN = Proposed(
    "citizen",
    1,
    START,
    START + timedelta(days=7),
    "5wd",
    START + timedelta(days=6),
    False,
    [],
    {"sample/terms": 1},
)
SET = c.SetDeadlines([CITIZEN])


class Case(NamedTuple):
    """One thing asked at one stage: what happens, and the stage after it."""

    stage: str
    asked: c.TicketBody
    events: list[str]
    next: str
    before: tuple[c.TicketBody, ...] = ()


def resend(stage: str) -> Case:
    return Case(stage, register(fingerprint="print-2"), ["Supplemented"], stage)


CASES = [
    Case(NEW, register(), ["Registered"], "registered"),
    *(resend(stage) for stage in (*OPEN, "closed")),
    *(Case(stage, c.Amend(text=CIPHER), ["Supplemented"], stage) for stage in OPEN),
    Case(
        NEW,
        c.ImportHistory(
            "hotline", "city", "H1", CIPHER, CIPHER, Past(START, outcome="completed", unit="water")
        ),
        ["HistoryImported"],
        "closed",
    ),
    Case("registered", c.Accept(), ["Accepted"], "accepted"),
    Case("registered", c.Decline("litigation", CIPHER, "court"), ["Declined"], "closed"),
    Case("accepted", c.Decline("litigation", CIPHER, "court"), ["Declined"], "closed"),
    Case("registered", c.AnswerDirectly(CIPHER), ["AnsweredDirectly"], "closed"),
    Case("accepted", c.AnswerDirectly(CIPHER), ["AnsweredDirectly"], "closed"),
    Case("registered", c.Triage(1, "no rule"), ["Triaged"], "registered"),
    Case("accepted", c.Triage(1, "no rule"), ["Triaged"], "accepted"),
    Case("registered", ASSIGN, ["Accepted", "Assigned"], "assigned"),
    Case("accepted", ASSIGN, ["Assigned"], "assigned"),
    Case("redo", c.Assign("centre", BECAUSE), ["Assigned"], "assigned"),
    Case("assigned", c.Sign(), ["Signed"], "signed"),
    Case("assigned", CONTACT, ["Contacted"], "assigned"),
    Case("signed", CONTACT, ["Contacted"], "signed"),
    Case("assigned", RETURN, ["ReturnRequested"], "return_requested"),
    Case("signed", RETURN, ["ReturnRequested"], "return_requested"),
    Case("return_requested", c.RuleOnReturn(True, CIPHER, "road"), ["ReturnRuled"], "accepted"),
    Case("return_requested", c.RuleOnReturn(False, CIPHER), ["ReturnRuled"], "assigned"),
    Case("signed", ANSWER, ["Answered"], "answered", (CONTACT,)),
    Case("answered", c.Approve(), ["AnswerApproved", "SurveyOpened"], "surveying"),
    Case("answered", c.SendBack(CIPHER), ["AnswerSentBack"], "signed"),
    Case("surveying", c.RecordSurvey("satisfied"), ["SurveyAnswered", "Closed"], "closed"),
    Case("surveying", c.RecordSurvey("fairly"), ["SurveyAnswered", "Closed"], "closed"),
    Case("surveying", c.RecordSurvey("dissatisfied"), ["SurveyAnswered", "RedoOrdered"], "redo"),
    Case("surveying", c.RecordAttempt("phone"), ["SurveyAttempted"], "surveying"),
    Case(
        "surveying",
        c.RecordAttempt("phone"),
        ["SurveyAttempted", "SurveyLapsed", "Closed"],
        "closed",
        (c.RecordAttempt("phone"),),
    ),
    Case("surveying", c.Redo(CIPHER), ["RedoOrdered"], "redo"),
    Case("surveying", c.Close(CIPHER), ["Closed"], "closed"),
    Case("closed", c.Dispute(CIPHER), ["Reopened", "RedoOrdered"], "redo"),
    *(Case(stage, c.Urge("overdue"), ["UrgeOrdered"], stage) for stage in ("assigned", "signed", "redo")),
    *(Case(stage, c.Look(["text"], "inquiry"), ["Looked"], stage) for stage in ANY),
    *(Case(stage, SET, ["DeadlineSet"], stage) for stage in (*OPEN, "closed")),
    *(
        Case(stage, c.WarnDeadline("citizen", 1, CITIZEN.due), ["DeadlineWarned"], stage, (SET,))
        for stage in OPEN[:6]
    ),
    *(
        Case(stage, c.RecordDelivery("number", 1, True, 1), ["Delivered"], stage)
        for stage in (*OPEN, "closed")
    ),
]


def told(case: Case) -> str:
    return f"{case.stage}-{type(case.asked).__name__}-{'-'.join(case.events)}"


@pytest.mark.parametrize("case", CASES, ids=told)
def test_at_this_stage_it_may_be_asked_and_leads_there(case: Case) -> None:
    story = Story().given(*REACHED[case.stage], *case.before)
    entry = story.when(case.asked, by=_holder(story, case))
    assert names(entry) == case.events, entry.refusal
    assert story.ticket.stage == case.next
    row = ROW[case.stage, type(case.asked)]
    assert case.next in (row.next if row.next != SAME else (case.stage,))


def _holder(story: Story, case: Case) -> Actor | None:
    return WATER if type(case.asked) in (c.Sign, c.Contact, c.RequestReturn, c.Answer) else None


def test_every_row_has_a_case() -> None:
    """Urging at a missed due moment needs time to pass; its rows are told in test_clocks."""
    told_rows = {(case.stage, type(case.asked)) for case in CASES}
    missing = {(s, cmd.__name__) for (s, cmd) in ROW if (s, cmd) not in told_rows}
    timed = {(s, "MissDeadline") for s in (*OPEN, "closed")} | {(s, "WarnDeadline") for s in OPEN[6:]}
    assert missing == timed


ONE_OF_EACH: list[c.TicketBody] = [
    c.Accept(),
    c.Decline("litigation", CIPHER, "court"),
    c.AnswerDirectly(CIPHER),
    c.Triage(1, "no rule"),
    ASSIGN,
    c.Sign(),
    CONTACT,
    RETURN,
    c.RuleOnReturn(True, CIPHER),
    ANSWER,
    c.Approve(),
    c.SendBack(CIPHER),
    c.RecordSurvey("satisfied"),
    c.RecordAttempt("phone"),
    c.Redo(CIPHER),
    c.Close(CIPHER),
    c.Dispute(CIPHER),
    c.Urge("overdue"),
    c.ImportHistory("hotline", "city", "A1", CIPHER, CIPHER, Past(START)),
]


@pytest.mark.parametrize("stage", [s for s in REACHED if s != NEW])
@pytest.mark.parametrize("body", ONE_OF_EACH, ids=lambda body: type(body).__name__)
def test_what_the_table_does_not_list_is_refused(stage: str, body: c.TicketBody) -> None:
    if (stage, type(body)) in ROW:
        return
    story = Story().given(*REACHED[stage])
    version = story.ticket.version
    entry = story.when(body)
    expected = "already_imported" if isinstance(body, c.ImportHistory) else "not_in_this_stage"
    assert refused(entry) == expected
    assert (story.ticket.stage, story.ticket.version) == (stage, version)


@pytest.mark.parametrize("body", ONE_OF_EACH[:-1], ids=lambda body: type(body).__name__)
def test_nothing_but_a_registration_begins_a_ticket(body: c.TicketBody) -> None:
    assert refused(Story().when(body)) == "unknown_ticket"


def test_every_row_names_its_source() -> None:
    assert all(row.source for row in TRANSITIONS)
