"""The conditions that a row of the table cannot say, as the trade puts them."""

from datetime import timedelta

import pytest
from msgspec import UNSET

from shared.ticket import commands as c
from shared.ticket import events as e
from shared.ticket.words import Actor, Past, Proposed
from tests.sample import (
    ANSWER,
    ASSIGN,
    AUDITOR,
    BECAUSE,
    CIPHER,
    CONTACT,
    OPERATOR,
    PLATFORM,
    RETURN,
    ROAD,
    SAMPLE,
    START,
    SUPERVISOR,
    TO_ANSWERED,
    TO_CLOSED,
    TO_SIGNED,
    TO_SURVEYING,
    WATER,
    Story,
    document,
    documents,
    names,
    publish,
    refused,
    register,
    service,
    surveys,
)


def test_only_the_lead_unit_answers() -> None:
    story = Story().given(*TO_SIGNED, CONTACT)
    assert refused(story.when(ANSWER, by=ROAD)) == "not_your_unit"
    assert refused(story.when(ANSWER, by=OPERATOR)) == "not_your_role"


def test_only_the_hotline_rules_on_a_return() -> None:
    story = Story().given(register(), ASSIGN, RETURN)
    assert refused(story.when(c.RuleOnReturn(True, CIPHER), by=WATER)) == "not_your_role"


def test_a_person_cannot_speak_as_a_service() -> None:
    story = Story().given(register())
    assert refused(story.when(c.Triage(1, "no rule"), by=OPERATOR)) == "not_your_role"


def test_one_service_cannot_speak_for_another() -> None:
    story = Story().given(register())
    assert refused(story.when(c.SetDeadlines([]), by=service("dispatch"))) == "not_your_role"


def test_a_ruled_ticket_cannot_be_returned_again() -> None:
    story = Story().given(register(), ASSIGN, RETURN, c.RuleOnReturn(False, CIPHER))
    assert refused(story.when(RETURN)) == "return_already_ruled"


def test_a_ruled_ticket_cannot_be_returned_by_the_next_unit_either() -> None:
    story = Story().given(
        register(), ASSIGN, RETURN, c.RuleOnReturn(True, CIPHER, "road"), c.Assign("road", BECAUSE)
    )
    assert refused(story.when(RETURN, by=ROAD)) == "return_already_ruled"


def test_a_return_must_be_requested_within_24_hours_of_the_assignment() -> None:
    story = Story().given(register(), ASSIGN).later(hours=24)
    assert refused(story.when(RETURN)) == "return_too_late"


def test_a_refused_return_leaves_a_signed_ticket_signed() -> None:
    story = Story().given(*TO_SIGNED, RETURN, c.RuleOnReturn(False, CIPHER))
    assert story.ticket.stage == "signed"


def test_an_upheld_return_without_a_unit_goes_to_an_operator() -> None:
    story = Story().given(register(), ASSIGN, RETURN, c.RuleOnReturn(True, CIPHER))
    assert story.ticket.triaged
    assert story.ticket.lead is None


def test_no_answer_before_the_citizen_was_contacted() -> None:
    assert refused(Story().given(*TO_SIGNED).when(ANSWER)) == "contact_first"


def test_a_policy_may_do_without_the_contact_record() -> None:
    relaxed = [*documents()[:-1], document(surveys(contact_required=False))]
    assert names(Story(policies=relaxed).given(*TO_SIGNED).when(ANSWER)) == ["Answered"]


def test_another_assignment_needs_another_contact() -> None:
    story = Story().given(*TO_SURVEYING, c.RecordSurvey("dissatisfied"), c.Assign("water", BECAUSE), c.Sign())
    assert refused(story.when(ANSWER)) == "contact_first"


def test_a_dissatisfied_citizen_gets_a_second_round_at_the_superior() -> None:
    entry = Story().given(*TO_SURVEYING).when(c.RecordSurvey("dissatisfied"))
    assert entry.events[1] == e.RedoOrdered(2, "centre")


def test_the_same_unit_does_it_again_where_policy_says_so() -> None:
    policies = [*documents()[:-1], document(surveys(redo_by="unit"))]
    entry = Story(policies=policies).given(*TO_SURVEYING).when(c.RecordSurvey("dissatisfied"))
    assert entry.events[1] == e.RedoOrdered(2, "water")


def test_after_the_last_round_a_dissatisfied_ticket_closes_as_dissatisfied() -> None:
    policies = [*documents()[:-1], document(surveys(max_rounds=1))]
    story = Story(policies=policies).given(*TO_SURVEYING)
    assert story.when(c.RecordSurvey("dissatisfied")).events[1] == e.Closed("completed", "dissatisfied")


def test_a_late_answer_to_an_earlier_round_does_not_rate_this_one() -> None:
    story = Story().given(*TO_SURVEYING)
    assert refused(story.when(c.RecordSurvey("satisfied", round=2))) == "other_round"
    assert story.when(c.RecordSurvey("satisfied", round=1)).events[1] == e.Closed("completed", "satisfied")


def test_a_unit_never_rates_itself() -> None:
    assert (
        refused(Story().given(*TO_SURVEYING).when(c.RecordSurvey("satisfied"), by=WATER)) == "not_your_role"
    )


def test_a_lapsed_survey_is_never_counted_as_satisfied() -> None:
    story = Story().given(*TO_SURVEYING, c.RecordAttempt("phone"), c.RecordAttempt("phone"))
    assert story.ticket.stage == "closed"
    assert story.ticket.grade is None


def test_praise_closes_without_a_survey() -> None:
    praised = (register(demand="praise"), *TO_ANSWERED[1:])
    assert names(Story().given(*praised).when(c.Approve())) == ["AnswerApproved", "Closed"]


def test_the_approved_reply_stands_in_the_event_that_made_it_the_citizens() -> None:
    entry = Story().given(*TO_ANSWERED).when(c.Approve())
    assert isinstance(entry.events[0], e.AnswerApproved)
    assert entry.events[0].reply == CIPHER


def test_a_resend_with_the_same_content_is_no_supplement() -> None:
    assert refused(Story().given(register()).when(register())) == "already_registered"


def test_an_unknown_topic_or_place_is_not_registered() -> None:
    assert refused(Story().when(register(topic="weather"))) == "unknown_topic"
    assert refused(Story().when(register(place="moon"))) == "unknown_place"


def test_an_unknown_unit_or_handler_is_not_assigned() -> None:
    story = Story().given(register())
    assert refused(story.when(c.Assign("weather", BECAUSE))) == "unknown_unit"
    assert refused(story.when(c.Assign("water", BECAUSE, ["weather"]))) == "unknown_unit"
    assert refused(story.when(c.Assign("water", BECAUSE, handler="r1"))) == "unknown_handler"


def test_a_jurisdiction_without_policies_takes_nothing_in() -> None:
    assert refused(Story(policies=[]).when(register())) == "no_policy"


def test_another_jurisdiction_cannot_act_on_a_ticket() -> None:
    story = Story().given(register())
    assert refused(story.when(c.Accept(), jurisdiction="elsewhere")) == "other_jurisdiction"


def test_an_action_on_a_stale_version_is_refused() -> None:
    story = Story().given(register(), c.Accept())
    assert refused(story.when(ASSIGN, expected=1)) == "stale_version"
    assert names(story.when(ASSIGN, expected=2)) == ["Assigned"]


def test_the_citizens_clock_runs_from_the_trusted_channels_own_time() -> None:
    story = Story().given()
    entry = story.when(register(), occurred_at=story.at - timedelta(days=2))
    assert story.ticket.clock_from == entry.recorded_at - timedelta(days=2, seconds=1)


@pytest.mark.parametrize("channel", ["hotline", "wenzheng"])
def test_a_claim_too_old_or_untrusted_counts_from_the_record(channel: str) -> None:
    story = Story()
    ago = timedelta(days=8) if channel == "hotline" else timedelta(days=1)
    entry = story.when(register(channel=channel), occurred_at=story.at - ago)
    assert story.ticket.clock_from == entry.recorded_at


def test_an_amendment_that_changes_nothing_is_refused() -> None:
    assert refused(Story().given(register()).when(c.Amend(topic="water_supply"))) == "nothing_to_amend"


def test_a_better_topic_reclassifies() -> None:
    assert names(Story().given(register()).when(c.Amend(topic="road"))) == ["Reclassified"]


def test_the_channel_is_told_once_a_purpose_and_round() -> None:
    story = Story().given(register(), c.RecordDelivery("number", 1, True, 1))
    assert refused(story.when(c.RecordDelivery("number", 1, True, 1))) == "already_reported"
    assert refused(story.when(c.RecordDelivery("reply", 2, True, 1))) == "not_yet_reported"


def test_an_imported_open_ticket_past_its_time_is_missed_and_nobody_is_urged() -> None:
    past = Past(START - timedelta(days=30), due=START - timedelta(days=20), unit="water")
    entry = Story().when(c.ImportHistory("hotline", "city", "H1", CIPHER, CIPHER, past))
    assert names(entry) == ["HistoryImported", "DeadlineSet", "DeadlineMissed"]


def test_a_policy_version_must_be_the_next_one() -> None:
    story = Story()
    entry = story.send(publish(document(surveys(), version=3)))
    assert refused(entry) == "policy_version"


def test_a_policy_published_twice_takes_effect_once() -> None:
    story = Story()
    again = story.send(publish(documents()[0]))
    assert again.repeat_of == 0
    assert len(story.book.policies.documents) == 5


# clocks


def proposed(story: Story, clock: str, **change: object) -> Proposed:
    start = story.ticket.assigned_at or story.ticket.clock_from
    values: dict[str, object] = {
        "clock": clock,
        "round": story.ticket.round,
        "start": start,
        "due": start + timedelta(days=2),
        "term": "2d",
        "warn_at": start + timedelta(days=1),
        "provisional": False,
        "trace": [],
        "policies": {f"{SAMPLE}/terms": 1},
    }
    return Proposed(**{**values, **change})  # type: ignore[arg-type]


def with_clock(*bodies: c.TicketBody, clock: str = "answer") -> tuple[Story, Proposed]:
    story = Story().given(*bodies)
    deadline = proposed(story, clock)
    return story.given(c.SetDeadlines([deadline])), deadline


def test_a_missed_due_moment_urges_the_unit_that_holds_the_ticket() -> None:
    story, deadline = with_clock(*TO_SIGNED)
    story.later(days=3)
    entry = story.when(c.MissDeadline("answer", 1, deadline.due))
    assert entry.events == [e.DeadlineMissed("answer", 1, deadline.due), e.Urged("water", "answer", 1)]


def test_a_due_moment_that_has_not_come_is_not_missed() -> None:
    story, deadline = with_clock(*TO_SIGNED)
    assert refused(story.when(c.MissDeadline("answer", 1, deadline.due))) == "deadline_not_due"


def test_a_second_firing_is_harmless() -> None:
    story, deadline = with_clock(*TO_SIGNED)
    story.later(days=3).given(c.MissDeadline("answer", 1, deadline.due))
    assert refused(story.when(c.MissDeadline("answer", 1, deadline.due))) == "already_marked"


def test_an_answer_in_time_stops_the_clock() -> None:
    story, deadline = with_clock(*TO_SIGNED, CONTACT)
    story.given(ANSWER).later(days=3)
    assert refused(story.when(c.MissDeadline("answer", 1, deadline.due))) == "deadline_moved"


def test_an_answer_too_late_is_missed_but_urges_nobody() -> None:
    story, deadline = with_clock(*TO_SIGNED, CONTACT)
    story.later(days=3).given(ANSWER)
    assert names(story.when(c.MissDeadline("answer", 1, deadline.due))) == ["DeadlineMissed"]


def test_an_answer_sent_back_lets_the_clock_run_on() -> None:
    story, deadline = with_clock(*TO_SIGNED, CONTACT)
    story.given(ANSWER, c.SendBack(CIPHER)).later(days=3)
    assert names(story.when(c.MissDeadline("answer", 1, deadline.due))) == ["DeadlineMissed", "Urged"]


def test_the_citizens_clock_is_not_reset_by_a_bounce() -> None:
    story, deadline = with_clock(register(), clock="citizen")
    story.given(ASSIGN, RETURN, c.RuleOnReturn(True, CIPHER, "road"), c.Assign("road", BECAUSE)).later(days=3)
    entry = story.when(c.MissDeadline("citizen", 1, deadline.due))
    assert entry.events[0] == e.DeadlineMissed("citizen", 1, deadline.due)


def test_an_upheld_return_takes_the_units_clocks_with_it() -> None:
    story, deadline = with_clock(register(), ASSIGN, clock="sign")
    story.given(RETURN, c.RuleOnReturn(True, CIPHER, "road"), c.Assign("road", BECAUSE)).later(days=3)
    assert refused(story.when(c.MissDeadline("sign", 1, deadline.due))) == "deadline_moved"


def test_a_due_moment_of_an_earlier_assignment_is_not_taken() -> None:
    story = Story().given(register(), ASSIGN)
    stale = proposed(story, "answer")
    story.given(RETURN, c.RuleOnReturn(True, CIPHER, "road"), c.Assign("road", BECAUSE))
    assert refused(story.when(c.SetDeadlines([stale]))) == "deadlines_not_running"


def test_the_same_due_moment_twice_changes_nothing() -> None:
    story, deadline = with_clock(*TO_SIGNED)
    assert refused(story.when(c.SetDeadlines([deadline]))) == "deadlines_unchanged"


def test_a_moved_due_moment_says_where_it_was() -> None:
    story, deadline = with_clock(*TO_SIGNED)
    moved = proposed(story, "answer", due=deadline.due + timedelta(days=1))
    entry = story.when(c.SetDeadlines([moved]))
    assert isinstance(entry.events[0], e.DeadlineSet)
    assert entry.events[0].before == deadline.due


def test_a_warning_comes_once_and_not_after_the_clock_stopped() -> None:
    story, deadline = with_clock(*TO_SIGNED, CONTACT)
    story.given(c.WarnDeadline("answer", 1, deadline.due))
    assert refused(story.when(c.WarnDeadline("answer", 1, deadline.due))) == "already_marked"
    assert refused(story.given(ANSWER).when(c.WarnDeadline("answer", 1, deadline.due))) == "deadline_moved"


def test_a_survey_whose_time_is_up_lapses() -> None:
    story = Story().given(*TO_SURVEYING)
    deadline = proposed(story, "survey", start=story.at)
    story.given(c.SetDeadlines([deadline])).later(days=4)
    entry = story.when(c.MissDeadline("survey", 1, deadline.due))
    assert names(entry) == ["SurveyLapsed", "Closed"]


def test_a_survey_that_is_over_gets_no_due_moment() -> None:
    story = Story().given(*TO_SURVEYING)
    deadline = proposed(story, "survey", start=story.at)
    story.given(c.RecordSurvey("satisfied"))
    assert refused(story.when(c.SetDeadlines([deadline]))) == "deadlines_not_running"


def test_the_due_moments_of_those_who_answered_are_set_after_the_end_too() -> None:
    story = Story().given(*TO_SURVEYING, c.RecordSurvey("satisfied"))
    late = [proposed(story, "citizen", start=story.ticket.clock_from), proposed(story, "answer")]
    assert names(story.when(c.SetDeadlines(late))) == ["DeadlineSet", "DeadlineSet"]


@pytest.mark.parametrize("role", ["supervisor", "auditor"])
def test_those_who_watch_do_not_act(role: str) -> None:
    watcher = Actor("watcher-1", role)  # type: ignore[arg-type]
    assert refused(Story().given(register()).when(c.Accept(), by=watcher)) == "not_your_role"


# disputes and urging


def test_a_closing_is_disputed_once_and_goes_to_the_superior() -> None:
    story = Story().given(*TO_CLOSED)
    assert story.when(c.Dispute(CIPHER)).events == [e.Reopened(1, CIPHER), e.RedoOrdered(2, "centre")]
    story.given(c.Assign("water", BECAUSE), *TO_SURVEYING[2:], c.RecordSurvey("satisfied"))
    assert refused(story.when(c.Dispute(CIPHER))) == "disputed_already"


def test_a_dispute_is_heard_though_the_surveys_rounds_are_used_up() -> None:
    policies = [*documents()[:-1], document(surveys(max_rounds=1))]
    story = Story(policies=policies).given(*TO_SURVEYING, c.RecordSurvey("dissatisfied"))
    assert story.when(c.Dispute(CIPHER)).events[1] == e.RedoOrdered(2, "water")


def test_after_fifteen_days_a_closing_stands() -> None:
    story = Story().given(*TO_CLOSED)
    assert refused(story.later(days=17).when(c.Dispute(CIPHER))) == "dispute_too_late"


def test_the_days_of_a_dispute_count_from_the_end_not_from_the_answer() -> None:
    story = Story().given(*TO_SURVEYING).later(days=17).given(c.RecordSurvey("satisfied"))
    assert names(story.when(c.Dispute(CIPHER))) == ["Reopened", "RedoOrdered"]


def test_where_policy_gives_no_time_a_closing_cannot_be_disputed() -> None:
    policies = [*documents()[:-1], document(surveys(dispute_within=UNSET))]
    assert refused(Story(policies=policies).given(*TO_CLOSED).when(c.Dispute(CIPHER))) == "no_dispute"


@pytest.mark.parametrize(
    "end", [c.Decline("litigation", CIPHER, "court"), c.AnswerDirectly(CIPHER)], ids=["declined", "direct"]
)
def test_what_no_unit_has_completed_is_registered_anew_instead(end: c.TicketBody) -> None:
    assert refused(Story().given(register(), end).when(c.Dispute(CIPHER))) == "not_disputable"


def test_the_channel_disputes_for_its_citizen_and_a_unit_never() -> None:
    story = Story().given(*TO_CLOSED)
    assert refused(story.when(c.Dispute(CIPHER), by=WATER)) == "not_your_role"
    assert names(story.when(c.Dispute(CIPHER), by=PLATFORM)) == ["Reopened", "RedoOrdered"]


def test_the_round_after_a_dispute_has_its_own_clock_survey_and_end() -> None:
    story = Story().given(*TO_CLOSED, c.Dispute(CIPHER), c.Assign("water", BECAUSE))
    deadline = proposed(story, "redo")
    assert names(story.when(c.SetDeadlines([deadline]))) == ["DeadlineSet"]
    story.given(*TO_SURVEYING[2:])
    assert story.when(c.RecordSurvey("fairly", round=2)).events[1] == e.Closed("completed", "fairly")


def test_a_supervisor_and_an_operator_urge_the_unit_that_holds_the_ticket() -> None:
    story = Story().given(*TO_SIGNED)
    entry = story.when(c.Urge("instructed", CIPHER), by=SUPERVISOR)
    assert entry.events == [e.UrgeOrdered("water", 1, "instructed", CIPHER)]
    assert names(story.when(c.Urge("asked_again"), by=OPERATOR)) == ["UrgeOrdered"]


@pytest.mark.parametrize("by", [WATER, AUDITOR, PLATFORM], ids=["unit", "auditor", "channel"])
def test_nobody_else_urges(by: Actor) -> None:
    assert refused(Story().given(*TO_SIGNED).when(c.Urge("overdue"), by=by)) == "not_your_role"
