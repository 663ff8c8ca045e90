"""回告: given a ticket's story, when an entry comes, then its channel is told this, in this order."""

from datetime import timedelta

import pytest

from services.feedback.react import KINDS, delivery_id, react
from services.feedback.trying import TRIES, verdict, wait_after
from shared.entry import Entry
from shared.ticket import commands as c
from shared.ticket.words import Proposed
from tests.sample import (
    CIPHER,
    START,
    TO_ANSWERED,
    TO_SIGNED,
    TO_SURVEYING,
    Story,
    names,
    register,
)

DUE = START + timedelta(days=7)


def told(entry: Entry) -> list[tuple[str, int]]:
    """Purposes and rounds; the entry must be of a kind that feedback notices."""
    assert KINDS & set(names(entry))
    return [(telling.purpose, telling.round) for telling in react(entry)]


def due(moment: Proposed) -> c.SetDeadlines:
    return c.SetDeadlines([moment])


def citizens(days: int = 7) -> Proposed:
    return Proposed("citizen", 1, START, START + timedelta(days=days), "7d", None, False, [], {})


def test_the_number_is_told_with_the_moment_by_which_there_will_be_an_answer() -> None:
    story = Story().given(register())
    (telling,) = react(story.when(due(citizens())))
    assert (telling.purpose, telling.round, telling.due) == ("number", 1, DUE)


def test_a_registration_alone_tells_nothing_yet() -> None:
    assert told(Story().when(register())) == []


def test_a_moment_that_moves_does_not_tell_the_number_twice() -> None:
    story = Story().given(register(), due(citizens()))
    assert told(story.when(due(citizens(9)))) == []


def test_the_units_clocks_are_not_the_citizens_business() -> None:
    story = Story().given(*TO_SIGNED[:2])
    started = story.ticket.assigned_at
    assert started is not None
    sign = Proposed("sign", 1, started, DUE, "7d", None, False, [], {})
    assert told(story.when(due(sign))) == []


def test_an_approved_answer_is_told_and_then_the_survey() -> None:
    assert told(Story().given(*TO_ANSWERED).when(c.Approve())) == [("reply", 1), ("survey", 1)]


def test_an_approved_answer_that_needs_no_survey_is_told_and_then_the_end() -> None:
    praise = (register(demand="praise"), *TO_ANSWERED[1:])
    assert told(Story().given(*praise).when(c.Approve())) == [("reply", 1), ("ended", 1)]


def test_a_satisfied_citizen_hears_that_the_ticket_is_closed_with_the_grade() -> None:
    (telling,) = react(Story().given(*TO_SURVEYING).when(c.RecordSurvey("satisfied")))
    assert (telling.purpose, telling.outcome, telling.grade) == ("ended", "completed", "satisfied")


def test_a_dissatisfied_citizen_hears_of_the_second_round_when_it_has_a_reply() -> None:
    story = Story().given(*TO_SURVEYING)
    assert react(story.when(c.RecordSurvey("dissatisfied"))) == []


def test_a_direct_answer_is_told_as_the_reply_before_the_end() -> None:
    tellings = react(Story().given(register()).when(c.AnswerDirectly(CIPHER)))
    assert [(t.purpose, t.field, t.outcome) for t in tellings] == [
        ("reply", "reply", None),
        ("ended", None, "answered_directly"),
    ]


def test_a_decline_is_told_with_its_reason() -> None:
    tellings = react(Story().given(register()).when(c.Decline("litigation", CIPHER, "court")))
    assert [(t.purpose, t.field, t.outcome) for t in tellings] == [
        ("reply", "reason", None),
        ("ended", None, "declined"),
    ]


def test_a_delivery_has_one_id_however_often_it_is_met_and_rounds_have_their_own() -> None:
    assert delivery_id("t-1", "reply", 1) == delivery_id("t-1", "reply", 1)
    others = {delivery_id("t-1", "reply", 2), delivery_id("t-2", "reply", 1), delivery_id("t-1", "ended", 1)}
    assert delivery_id("t-1", "reply", 1) not in others
    assert len(others) == 3


@pytest.mark.parametrize(
    ("status", "means"),
    [
        *((status, "delivered") for status in (200, 202, 204)),
        *((status, "again") for status in (408, 409, 425, 429, 500, 503)),
        *((status, "never") for status in (302, 400, 401, 404, 413)),
    ],
)
def test_what_a_channels_answer_means(status: int, means: str) -> None:
    assert verdict(status) == means


def test_the_wait_doubles_up_to_five_minutes_and_then_it_is_given_up() -> None:
    waits = [wait_after(tries) for tries in range(1, TRIES + 1)]
    assert waits[:3] == [timedelta(seconds=0.5), timedelta(seconds=1), timedelta(seconds=2)]
    assert max(wait for wait in waits if wait) == timedelta(minutes=5)
    assert waits[-1] is None
