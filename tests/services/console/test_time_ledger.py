"""时间账: no moment of the citizen's clock is lost or counted twice, and nobody is charged for another's time."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as some

from services.console.numbers.hands import ran, went_on
from services.console.numbers.time_ledger import CHANGES, Line, Part, Span, in_full_minutes, time_ledger
from services.console.pages.shown import lasting
from services.console.words import Words
from services.projector.batch import Position, Reading
from shared.book import BOOK
from shared.chain import genesis
from shared.ticket import commands as c
from shared.ticket import events as e
from shared.ticket.words import Past
from shared.views import fold
from shared.views.rows import Rows, TicketRow
from shared.views.timeline import lines
from tests.sample import ANSWER, ASSIGN, CIPHER, CONTACT, RETURN, START, Story, register
from tests.services.projector.test_histories import histories, records

CHANGE_NO_HANDS = {
    "Supplemented", "Reclassified", "Triaged", "Accepted", "Contacted", "SurveyOpened", "SurveyAttempted",
    "SurveyAnswered", "SurveyLapsed", "DeadlineSet", "DeadlineWarned", "DeadlineMissed", "Urged", "Delivered",
    "DeliveryFailed", "PolicyPublished", "UrgeOrdered", "Reopened", "Looked",
}  # fmt: skip


def told(story: Story, ticket: str) -> tuple[list[Line], TicketRow]:
    """A ticket's timeline and row, as the views of this story have them."""
    reading = Reading([Position(0, -1, -1, 1, genesis(BOOK, 0))])
    placed = reading.take([records(story.written)]).placed
    row = fold.fold(Rows.known([], []), placed, lambda *_: None).tickets[ticket]
    shown = [line for one in placed for line in lines(one) if line.ticket == ticket]
    return [Line(line.at, line.kind, line.detail) for line in shown], row


def ledger(story: Story, ticket: str = "t-1") -> list[Part]:
    shown, row = told(story, ticket)
    return time_ledger(shown, Span(row.clock_from, row.citizen_stopped_at, row.closed_at or story.at))


def hours(parts: list[Part]) -> list[tuple[str, str, str | None, int]]:
    """Who, what for, charged to whom, and how many hours: a story's seconds between its commands left out."""
    rounded = [(part, round(part.length / timedelta(hours=1))) for part in parts]
    return [(part.holder, part.because, part.charged, long) for part, long in rounded if long]


def assigned() -> Story:
    """Registered, dispatched after an hour, with the unit for two."""
    return Story().given(register()).later(hours=1).given(ASSIGN).later(hours=2)


def test_each_hour_is_with_whoever_had_the_ticket() -> None:
    story = assigned().given(c.Sign(), CONTACT).later(hours=3).given(ANSWER).later(hours=4)
    story.given(c.Approve()).later(hours=5).given(c.RecordSurvey("satisfied"))
    assert hours(ledger(story)) == [
        ("hotline", "dispatching", "hotline", 1),
        ("unit", "signing", "unit", 2),
        ("unit", "handling", "unit", 3),
        ("hotline", "reviewing", "hotline", 4),
        ("hotline", "surveying", "hotline", 5),
    ]
    assert {part.because for part in ledger(story) if not part.on_clock} == {"surveying"}
    assert [part.unit for part in ledger(story)][-4:] == ["water"] * 4


def test_a_justified_return_is_not_charged_to_the_unit_that_returned() -> None:
    story = assigned().given(c.Sign()).later(hours=3).given(RETURN).later(hours=4)
    story.given(c.RuleOnReturn(True, CIPHER, None)).later(hours=5)
    assert hours(ledger(story))[1:] == [
        ("unit", "return_upheld", None, 2),
        ("unit", "return_upheld", None, 3),
        ("hotline", "ruling", "hotline", 4),
        ("hotline", "dispatching", "hotline", 5),
    ]


def test_a_return_that_was_refused_is_charged_to_the_unit_that_asked_for_it() -> None:
    story = assigned().given(RETURN).later(hours=4).given(c.RuleOnReturn(False, CIPHER)).later(hours=5)
    assert hours(ledger(story))[1:] == [
        ("unit", "signing", "unit", 2),
        ("hotline", "return_refused", "unit", 4),
        ("unit", "signing", "unit", 5),
    ]


def test_the_review_of_an_answer_that_did_not_hold_is_charged_to_the_unit() -> None:
    story = (
        assigned().given(c.Sign(), CONTACT, ANSWER).later(hours=4).given(c.SendBack(CIPHER)).later(hours=5)
    )
    assert hours(ledger(story))[2:] == [
        ("hotline", "answer_sent_back", "unit", 4),
        ("unit", "handling", "unit", 5),
    ]


def test_a_second_round_begins_with_the_hotline() -> None:
    story = assigned().given(c.Sign(), CONTACT, ANSWER, c.Approve()).later(hours=1)
    story.given(c.RecordSurvey("dissatisfied")).later(hours=2).given(
        c.Assign("centre", ASSIGN.because)
    ).later(hours=3)
    parts = ledger(story)
    assert hours(parts)[2:] == [
        ("hotline", "surveying", "hotline", 1),
        ("hotline", "dispatching", "hotline", 2),
        ("unit", "signing", "unit", 3),
    ]
    assert parts[-1].unit == "centre"


def test_nobody_holds_a_ticket_that_has_ended() -> None:
    story = Story().given(register()).later(hours=1).given(c.AnswerDirectly(CIPHER)).later(hours=9)
    shown, row = told(story, "t-1")
    still_looked_at = time_ledger(shown, Span(row.clock_from, row.citizen_stopped_at, story.at))
    assert hours(still_looked_at) == [("hotline", "dispatching", "hotline", 1), ("nobody", "ended", None, 9)]


def test_an_imported_past_is_charged_to_nobody() -> None:
    came = START - timedelta(hours=30)
    past = c.ImportHistory("hotline", "city", "A1", CIPHER, CIPHER, Past(came, unit="water"))
    story = Story().given(past).later(hours=2)
    assert hours(ledger(story)) == [("elsewhere", "imported", None, 30), ("unit", "signing", "unit", 2)]


def test_a_clock_that_went_back_makes_no_part_negative() -> None:
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)
    read = [Line(at, "Registered", {}), Line(at - timedelta(hours=1), "Assigned", {"lead": "water"})]
    (only,) = time_ledger(read, Span(at, None, at + timedelta(hours=2)))
    assert (only.holder, only.length) == ("unit", timedelta(hours=2))


def test_every_event_changes_hands_or_is_known_not_to() -> None:
    kinds = {kind.__name__ for kind in e.Event.__args__}
    assert set(CHANGES) | CHANGE_NO_HANDS == kinds
    assert not set(CHANGES) & CHANGE_NO_HANDS


@trying(max_examples=100, deadline=None)
@given(story=histories())
def test_the_parts_follow_each_other_and_sum_to_the_citizens_clock(story: Story) -> None:
    for ticket in {id for id in story.kept if id.startswith("t-")}:
        _, row = told(story, ticket)
        parts, until = ledger(story, ticket), row.closed_at or story.at
        assert all(one.end == after.start for one, after in pairwise(parts))
        assert (parts[0].start, parts[-1].end) == (row.clock_from, until)
        on_clock = sum((part.length for part in parts if part.on_clock), timedelta())
        assert on_clock == (row.citizen_stopped_at or until) - row.clock_from


SHOWN = {"天": 86_400, "小时": 3_600, "分": 60, "秒": 1}
lengths = some.lists(some.integers(0, 200_000).map(lambda n: timedelta(milliseconds=770 * n)), min_size=1)


def read_again(length: timedelta) -> int:
    """The seconds that a reader adds up of a length as it is shown."""
    shown = lasting(Words("zh"), length)
    found = re.findall(r"(\d+) (\S+)", shown)
    assert found or shown == "片刻"
    return sum(int(count) * SHOWN[unit] for count, unit in found)


@given(on_clock=lengths, later=lengths)
def test_the_lengths_that_are_shown_add_up_to_the_sums_that_are_shown_in_every_round(
    on_clock: list[timedelta], later: list[timedelta]
) -> None:
    at = START
    parts: list[Part] = []
    for length in (*on_clock, *later):
        parts.append(
            Part("hotline", None, at, at + length, "hotline", "reviewing", len(parts) < len(on_clock))
        )
        at += length
    told = in_full_minutes(parts)
    clock, after = ran(told), went_on(told)
    assert sum(read_again(part.length) for part in told if part.on_clock) == read_again(clock)
    assert sum(read_again(part.length) for part in told if not part.on_clock) == read_again(after)
    assert read_again(clock) + read_again(after) == read_again(clock + after)
    unit = timedelta(seconds=1) if at - START < timedelta(hours=1) else timedelta(minutes=1)
    assert abs(clock - ran(parts)) < unit
    assert all(abs(part.length - exact.length) < unit for part, exact in zip(told, parts, strict=True))
