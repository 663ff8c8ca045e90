"""还差什么才能答复: the checklist says what the decider would, in the order of the work."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from services.console.asking.checklist import checklist
from services.console.asking.forms import Answer
from services.console.asking.signoffs import Submitted
from services.console.asking.standing import offers, standing
from services.console.pages.timeline import Line, stretches
from services.console.pages.unit.checks import findings
from services.console.rows import TicketRow
from tests.services.console.test_standing import NOW, POLICIES, WATER, row

CONTACTED = Line(4, NOW, "Contacted", "p", "unit", "water", {"method": "phone", "reached": True})
ANSWER = Answer("样例:已修复", "样例:更换阀门", True)
WAITING = Submitted(1, "p", NOW, "waiting", ANSWER, None, None, None)


def states(ticket: TicketRow, *lines: Line, **given: Any) -> dict[str, str]:
    asked = {"written": {}, "submitted": None, "signed_off": False, **given}
    possible = offers(standing(ticket, lines), WATER, POLICIES, NOW)
    return {check.name: check.state for check in checklist(ticket, lines, possible, **asked)}


def test_it_begins_with_signing_and_says_that_the_citizen_must_be_contacted_first() -> None:
    assert states(row("assigned"))["sign"] == "next"
    signed = row("signed", signed_at=NOW)
    assert states(signed) == {
        "sign": "done",
        "contact": "next",
        "reply": "later",
        "feedback": "later",
        "submit": "barred",
    }
    possible = offers(standing(signed, []), WATER, POLICIES, NOW)
    last = checklist(signed, [], possible, {}, None, False)[-1]
    assert last.why
    assert last.why.code == "contact_first"


def test_once_contacted_the_reply_is_next_then_the_feedback_then_the_answer() -> None:
    contacted = row("signed", signed_at=NOW, contacted_at=NOW)
    assert states(contacted, CONTACTED)["reply"] == "next"
    assert states(contacted, CONTACTED, written={"reply": "样例"})["feedback"] == "next"
    both = {"reply": "样例", "feedback": "样例"}
    assert states(contacted, CONTACTED, written=both)["submit"] == "next"
    steps = states(contacted, CONTACTED, written=both, signed_off=True)
    assert (steps["signoff"], steps["submit"]) == ("next", "later")


def test_what_lies_before_the_approver_waits_and_what_is_answered_is_done() -> None:
    contacted = row("signed", signed_at=NOW, contacted_at=NOW)
    steps = states(contacted, CONTACTED, submitted=WAITING, signed_off=True)
    assert (steps["feedback"], steps["signoff"], steps["submit"]) == ("done", "waiting", "later")
    answered = row("answered", signed_at=NOW, contacted_at=NOW, answered_at=NOW)
    assert set(states(answered, CONTACTED).values()) == {"done"}


def test_an_approver_is_told_of_numbers_missing_contacts_and_texts_in_the_wrong_place() -> None:
    good = findings(ANSWER, [False, True], None)
    assert [one.name for one in good if not one.good] == []
    same = "样例:请致电 138 0000 0000 或 0795-3190000"
    bad = findings(Answer(same, same, False), [], None)
    assert {one.name: one.count for one in bad if not one.good} == {
        "contacted": 0,
        "numbers": 2,
        "apart": 0,
        "solved": 0,
    }


def test_an_approver_is_told_that_a_citizen_was_only_tried_and_how_often() -> None:
    (tried,) = [one for one in findings(ANSWER, [False, False], None) if not one.good]
    assert (tried.name, tried.count) == ("reached", 2)


def test_the_timeline_has_the_latest_first_and_folds_what_only_services_said() -> None:
    clock = replace(CONTACTED, kind="DeadlineSet", role="service", at=NOW - timedelta(hours=1))
    told = stretches([replace(CONTACTED, kind="Assigned"), clock, clock, CONTACTED])
    assert [(stretch.quiet, [line.kind for line in stretch.lines]) for stretch in told] == [
        (False, ["Contacted"]),
        (True, ["DeadlineSet", "DeadlineSet"]),
        (False, ["Assigned"]),
    ]
    missed = replace(clock, kind="DeadlineMissed")
    assert [stretch.quiet for stretch in stretches([missed])] == [False]
