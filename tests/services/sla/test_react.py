"""时限: given a ticket's story, when an entry comes, then these due moments are asked for and these clocks run."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from services.sla.clocks import concerned
from services.sla.react import Clocks, react, recomputed
from shared.deadline import Term, due
from shared.entry import Entry
from shared.policy.calendar import Calendar, Day
from shared.policy.documents import Document
from shared.policy.terms import TermsRule, When
from shared.ticket import commands as c
from shared.ticket.words import Clock, Past
from tests.sample import (
    ANSWER,
    ASSIGN,
    CIPHER,
    CONTACT,
    RETURN,
    SAMPLE,
    START,
    TO_CLOSED,
    TO_SURVEYING,
    Story,
    calendar,
    document,
    documents,
    names,
    publish,
    refused,
    register,
    terms,
)


class Told:
    """A story that the sla service reads along, its commands sent as the frame would send them."""

    def __init__(self, policies: list[Document] | None = None) -> None:
        self.story = Story(policies=policies)
        self.clocks: Clocks = {}
        self.asked: list[c.SetDeadlines] = []

    def read(self, entry: Entry) -> Entry:
        wants, self.clocks = react(entry, self.story.book.policies, self.clocks)
        self.asked = [want.body for want in wants if isinstance(want.body, c.SetDeadlines)]
        return entry

    def when(self, body: c.TicketBody) -> Entry:
        """Something happens; what it makes sla ask for is left in ``asked``."""
        return self.read(self.story.when(body))

    def given(self, *bodies: c.TicketBody) -> "Told":
        """It happened, and all that it made sla ask for was accepted."""
        for body in bodies:
            assert self.when(body).refusal is None
            while self.asked:
                assert self.when(self.asked.pop()).refusal is None
        return self

    def later(self, **elapsed: float) -> "Told":
        self.story.later(**elapsed)
        return self

    def due(self, clock: Clock) -> datetime:
        return self.clocks[clock].due


def clocks(asked: Sequence[c.SetDeadlines]) -> list[tuple[str, int]]:
    return [(one.clock, one.round) for body in asked for one in body.deadlines]


def with_terms(**change: object) -> list[Document]:
    return [document(replace(terms(), **change)) if d.kind == "terms" else d for d in documents()]


def test_a_demand_starts_the_citizens_clock_from_where_the_ledger_says() -> None:
    told = Told()
    entry = told.when(register())
    (body,) = told.asked
    (one,) = body.deadlines
    registered = entry.events[0]
    assert (one.clock, one.start, one.term) == ("citizen", registered.clock_from, "5wd")  # type: ignore[union-attr]
    calendar_ = told.story.book.policies.calendar(SAMPLE, entry.recorded_at)
    assert calendar_ is not None
    assert one.due == due(one.start, Term.parse("5wd"), calendar_).due
    assert one.policies == {"sample/terms": 1, "sample/calendar": 1}
    assert one.trace


def test_an_assignment_starts_the_units_three_clocks_as_one_command() -> None:
    told = Told().given(register())
    entry = told.when(ASSIGN)
    assert clocks(told.asked) == [("sign", 1), ("contact", 1), ("answer", 1)]
    assert {one.start for one in told.asked[0].deadlines} == {entry.recorded_at}
    told.given(told.asked[0])
    assert set(told.clocks) == {"citizen", "sign", "contact", "answer"}


def test_where_policy_says_so_the_units_clock_runs_from_signing() -> None:
    told = Told(with_terms(unit_clock_from="signing")).given(register())
    told.when(ASSIGN)
    assert clocks(told.asked) == [("sign", 1)]
    told.given(told.asked[0])
    told.when(c.Sign())
    assert clocks(told.asked) == [("contact", 1), ("answer", 1)]


def test_the_second_round_has_the_redo_clock_in_place_of_the_answers() -> None:
    told = Told().given(register(), ASSIGN, c.Sign(), CONTACT, ANSWER, c.Approve())
    assert set(told.clocks) == {"survey"}
    told.given(c.RecordSurvey("dissatisfied"))
    told.when(c.Assign("centre", ASSIGN.because))
    assert clocks(told.asked) == [("sign", 2), ("contact", 2), ("redo", 2)]


def test_signing_contacting_and_approving_stop_their_clocks() -> None:
    told = Told().given(register(), ASSIGN, c.Sign())
    assert set(told.clocks) == {"citizen", "contact", "answer"}
    assert set(told.given(CONTACT).clocks) == {"citizen", "answer"}
    assert set(told.given(ANSWER, c.Approve()).clocks) == {"survey"}


def test_an_answer_that_is_sent_back_lets_the_same_clock_run_on() -> None:
    told = Told().given(register(), ASSIGN, c.Sign(), CONTACT)
    before = told.clocks["answer"]
    assert told.given(ANSWER).clocks["answer"].next_at is None
    assert told.given(c.SendBack(CIPHER)).clocks["answer"] == before


def test_an_answer_after_its_time_leaves_the_miss_to_be_asked_for() -> None:
    told = Told().given(register(), ASSIGN, c.Sign(), CONTACT).later(days=30)
    told.given(ANSWER)
    assert told.clocks["answer"].next_at is not None
    assert told.when(c.MissDeadline("answer", 1, told.due("answer"))).refusal is None
    assert "answer" not in told.clocks


def test_a_warning_gives_way_to_the_miss_and_the_miss_ends_the_timer() -> None:
    told = Told().given(register())
    assert told.clocks["citizen"].next_at == told.clocks["citizen"].warn_at
    told.given(c.WarnDeadline("citizen", 1, told.due("citizen")))
    assert told.clocks["citizen"].next_at == told.due("citizen")
    told.later(days=30).given(c.MissDeadline("citizen", 1, told.due("citizen")))
    assert told.clocks == {}


def test_a_miss_that_came_too_early_is_asked_again_later_by_as_much_as_this_clock_is_ahead() -> None:
    told = Told().given(register())
    end = told.due("citizen")
    ahead = timedelta(seconds=5)
    asked_at = told.story.at + timedelta(seconds=1) + ahead
    told.clocks = {"citizen": replace(told.clocks["citizen"], asked_at=asked_at, next_at=end)}
    entry = told.when(c.MissDeadline("citizen", 1, end))
    assert refused(entry) == "deadline_not_due"
    assert told.clocks["citizen"].next_at == end + ahead


def test_a_warning_that_was_made_before_gives_way_to_the_miss() -> None:
    told = Told().given(register())
    again = told.story.command(c.WarnDeadline("citizen", 1, told.due("citizen")))
    told.story.send(again)
    told.read(told.story.send(again))
    assert told.clocks["citizen"].next_at == told.due("citizen")


def test_a_miss_about_a_moment_that_has_moved_since_leaves_the_present_timer() -> None:
    told = Told().given(register())
    before = told.clocks
    assert refused(told.when(c.MissDeadline("citizen", 1, START))) == "deadline_moved"
    assert told.clocks == before


def test_a_survey_that_lapses_ends_its_clock() -> None:
    told = Told().given(register(), ASSIGN, c.Sign(), CONTACT, ANSWER, c.Approve()).later(days=30)
    entry = told.when(c.MissDeadline("survey", 1, told.due("survey")))
    assert names(entry) == ["SurveyLapsed", "Closed"]
    assert told.clocks == {}


def test_an_upheld_return_takes_the_units_clocks_away_and_not_the_citizens() -> None:
    told = Told().given(register(), ASSIGN, RETURN, c.RuleOnReturn(True, CIPHER, "road"))
    assert set(told.clocks) == {"citizen"}


def test_a_closed_ticket_has_no_clock() -> None:
    assert Told().given(register(), c.AnswerDirectly(CIPHER)).clocks == {}


def test_a_due_moment_that_comes_after_the_end_starts_no_clock() -> None:
    told = Told()
    told.when(register())
    late = told.asked[0]
    told.when(c.AnswerDirectly(CIPHER))
    assert names(told.when(late)) == ["DeadlineSet"]
    assert told.clocks == {}


def test_a_due_moment_that_comes_after_the_end_and_had_passed_before_is_still_missed() -> None:
    told = Told()
    told.when(register())
    late = told.asked[0]
    told.later(days=30).when(c.AnswerDirectly(CIPHER))
    told.when(late)
    assert told.clocks["citizen"].next_at is not None
    assert names(told.when(c.MissDeadline("citizen", 1, told.due("citizen")))) == ["DeadlineMissed"]
    assert told.clocks == {}


def test_an_imported_open_ticket_without_due_moment_gets_the_citizens_clock_from_its_import() -> None:
    told = Told()
    entry = told.when(imported(Past(START - timedelta(days=40))))
    assert [(one.clock, one.start) for one in told.asked[0].deadlines] == [("citizen", entry.recorded_at)]


def test_an_imported_due_moment_is_kept_and_never_computed_anew() -> None:
    told = Told().given(imported(Past(START, due=START + timedelta(days=9))))
    assert told.due("citizen") == START + timedelta(days=9)
    assert recomputed(told.clocks.values(), told.story.book.policies, told.story.at) == []


def test_an_imported_moment_that_has_passed_is_missed_already_and_asks_for_nothing() -> None:
    told = Told().given(imported(Past(START - timedelta(days=9), due=START - timedelta(days=1))))
    assert told.clocks == {}


def test_an_imported_closed_ticket_starts_no_clock() -> None:
    told = Told()
    told.when(imported(Past(START - timedelta(days=9), closed_at=START, outcome="completed")))
    assert (told.asked, told.clocks) == ([], {})


def test_another_urgency_moves_the_clocks_whose_term_is_another() -> None:
    quick = TermsRule({"citizen": "2wd", "sign": "1wd"}, When(urgency=("urgent",)))
    told = Told(with_terms(rules=(quick, *terms().rules))).given(register(), ASSIGN)
    before = told.due("citizen")
    told.when(c.Amend(urgency="urgent"))
    (body,) = told.asked
    assert [(one.clock, one.term) for one in body.deadlines] == [("citizen", "2wd")]
    assert told.given(body).due("citizen") < before


def test_a_due_moment_asked_for_before_a_calendar_came_is_computed_again_when_it_comes_back() -> None:
    told = Told()
    told.when(register())
    asked = told.asked[0]
    off = Day(date(2026, 3, 5), off=True, name="样例假日")
    told.story.send(publish(document(replace(calendar(), days=(off,)), version=2)))
    told.when(asked)
    (body,) = told.asked
    assert body.deadlines[0].due == asked.deadlines[0].due + timedelta(days=1)
    told.when(body)
    assert told.asked == []


def test_a_published_calendar_concerns_every_jurisdiction_that_counts_by_it() -> None:
    told = Told()
    base = document(calendar(), jurisdiction="cn")
    policies = told.story.book.policies.published(base)
    mine = document(Calendar(extends="cn", working_hours=calendar().working_hours), version=2)
    policies = policies.published(mine)
    assert concerned(base, policies, START) == [SAMPLE]
    assert concerned(mine, policies, START) == [SAMPLE]
    assert concerned(document(terms()), policies, START) == [SAMPLE]
    assert concerned(documents()[1], policies, START) == []


def test_a_paused_clock_is_not_moved_by_a_policy() -> None:
    told = Told().given(register(), ASSIGN, c.Sign(), CONTACT, ANSWER)
    quick = told.story.book.policies.published(
        document(replace(terms(), rules=(TermsRule({"citizen": "1wd", "answer": "1wd"}),)), version=2)
    )
    moved = recomputed(told.clocks.values(), quick, told.story.at)
    assert [one.clock for one in moved] == ["citizen"]


def imported(past: Past) -> c.ImportHistory:
    return c.ImportHistory("hotline", "city", "H1", CIPHER, CIPHER, past, topic="water_supply")


def test_the_round_after_a_dispute_has_a_clock_and_a_survey_of_its_own_and_the_citizens_is_not_reset() -> (
    None
):
    told = Told().given(*TO_CLOSED)
    assert told.clocks == {}
    told.given(c.Dispute(CIPHER), c.Assign("water", ASSIGN.because))
    assert set(told.clocks) == {"sign", "contact", "redo"}
    told.given(*TO_SURVEYING[2:])
    assert (set(told.clocks), told.clocks["survey"].round) == ({"survey"}, 2)
