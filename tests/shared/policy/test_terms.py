"""Terms: the first rule that fits; where the citizen's clock starts."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.policy.surveys import Scale, Surveys
from shared.policy.terms import Terms, TermsRule, When
from shared.policy.words import Known
from shared.ticket.words import Grade

URGENT = TermsRule({"citizen": "24h"}, When(urgency=("urgent", "critical")))
CONSULT = TermsRule({"citizen": "2wd"}, When(demand=("consult",), channel=("hotline",)))
ALL = TermsRule({"citizen": "5wd"})
TERMS = Terms("cn", (URGENT, CONSULT, ALL), trust_occurred={"hotline": "7d"})
KNOWN = Known(calendars=frozenset({"cn"}))
NOW = datetime(2026, 10, 8, 2, tzinfo=UTC)


def test_the_first_rule_that_fits_gives_the_limits() -> None:
    assert TERMS.rule("consult", "urgent", "hotline") is URGENT
    assert TERMS.rule("consult", "ordinary", "hotline") is CONSULT
    assert TERMS.rule("consult", "ordinary", "console") is ALL
    assert TERMS.rule("complaint", "ordinary", "a_channel_of_tomorrow") is ALL


@pytest.mark.parametrize(
    ("channel", "ago", "trusted"),
    [
        ("hotline", timedelta(days=6), True),
        ("hotline", timedelta(days=7), True),
        ("hotline", timedelta(days=7, seconds=1), False),
        ("hotline", timedelta(seconds=-1), False),
        ("mini_program", timedelta(hours=1), False),
    ],
)
def test_the_citizens_clock_runs_from_the_sources_time_only_where_it_may(
    channel: str, ago: timedelta, trusted: bool
) -> None:
    assert TERMS.clock_from(channel, NOW - ago, NOW) == (NOW - ago if trusted else NOW)


@pytest.mark.parametrize(
    ("wrong", "where", "says"),
    [
        (Terms("moon", (ALL,)), ("calendar",), "no calendar moon"),
        (Terms("cn", (URGENT,)), ("rules",), "must fit every ticket"),
        (
            Terms("cn", (ALL,), trust_occurred={"hotline": "5wd"}),
            ("trust_occurred", "hotline"),
            "use min, h or d",
        ),
        (Terms("cn", (TermsRule({"answer": "4wd"}),)), ("rules", 0, "terms"), "citizen's term is missing"),
        (
            Terms("cn", (TermsRule({"citizen": "4wd"}, warn_before={"answer": "1wd"}),)),
            ("rules", 0, "warn_before", "answer"),
            "no term to warn of",
        ),
    ],
)
def test_what_is_wrong_with_terms_is_named_where_it_stands(
    wrong: Terms, where: tuple[str | int, ...], says: str
) -> None:
    [problem] = wrong.check(KNOWN)
    assert problem.where == where
    assert says in problem.en


def surveys(satisfied: tuple[Grade, ...], dissatisfied: tuple[Grade, ...]) -> Surveys:
    return Surveys(3, "4wh", 2, "unit", Scale(satisfied, dissatisfied), contact_required=True)


def test_a_grade_counts_one_way_and_one_of_them_brings_a_redo() -> None:
    assert surveys(("satisfied",), ("dissatisfied",)).check(KNOWN) == []
    assert [p.en for p in surveys(("satisfied",), ("satisfied",)).check(KNOWN)] == [
        "satisfied cannot count both ways"
    ]
    assert [p.en for p in surveys(("satisfied", "fairly"), ()).check(KNOWN)] == ["no grade brings a redo"]
