"""One command, one entry; the chain, the versions, the numbers, the repeats (design §3)."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given as for_any
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared.book import COMMAND_LIMIT, Book
from shared.chain import BrokenEntry, genesis
from shared.entry import Follower, read_entry
from shared.ticket import commands as c
from shared.ticket.commands import write
from shared.ticket.events import changes
from shared.ticket.words import Past
from tests.sample import (
    ANSWER,
    ASSIGN,
    BECAUSE,
    CIPHER,
    CONTACT,
    RETURN,
    ROAD,
    START,
    TO_SURVEYING,
    WATER,
    Story,
    names,
    refused,
    register,
)

ASKED: list[c.TicketBody] = [
    register(),
    register(fingerprint="print-2"),
    c.Accept(),
    c.Triage(1, "no rule"),
    ASSIGN,
    c.Assign("road", BECAUSE),
    c.Sign(),
    CONTACT,
    RETURN,
    c.RuleOnReturn(True, CIPHER, "road"),
    c.RuleOnReturn(False, CIPHER),
    ANSWER,
    c.Approve(),
    c.SendBack(CIPHER),
    c.RecordSurvey("satisfied"),
    c.RecordSurvey("dissatisfied"),
    c.RecordAttempt("phone"),
    c.Redo(CIPHER),
    c.Close(CIPHER),
    c.Dispute(CIPHER),
    c.Urge("overdue"),
    c.Look(["text"], "inquiry"),
    c.Decline("litigation", CIPHER, "court"),
    c.AnswerDirectly(CIPHER),
    c.ImportHistory("hotline", "city", "A1", CIPHER, CIPHER, Past(START)),
    c.RecordDelivery("number", 1, True, 1),
    c.MissDeadline("citizen", 1, START),
]
sequences = st.lists(
    st.tuples(st.sampled_from(ASKED), st.sampled_from([None, WATER, ROAD]), st.sampled_from(["t-1", "t-2"])),
    max_size=40,
)


def play(steps: list[tuple[c.TicketBody, object, str]]) -> Story:
    story = Story()
    for body, by, ticket in steps:
        story.when(body, by=by, ticket=ticket)  # type: ignore[arg-type]
    return story


@for_any(sequences)
@hypothesis_settings(max_examples=150, deadline=None)
def test_any_sequence_keeps_versions_gapless_and_sources_too(
    steps: list[tuple[c.TicketBody, object, str]],
) -> None:
    versions: dict[str, int] = {}
    for position, written in enumerate(play(steps).written):
        entry = written.entry
        assert entry.source.offset == position
        expected = versions.get(entry.ticket, 0) + (1 if changes(entry.events) else 0)
        assert entry.version == expected
        versions[entry.ticket] = expected


@for_any(sequences)
@hypothesis_settings(max_examples=60, deadline=None)
def test_deciding_again_gives_the_very_same_bytes(steps: list[tuple[c.TicketBody, object, str]]) -> None:
    first, again = play(steps), play(steps)
    assert [w.value for w in first.written] == [w.value for w in again.written]
    assert [w.headers for w in first.written] == [w.headers for w in again.written]


@for_any(sequences)
@hypothesis_settings(max_examples=60, deadline=None)
def test_reading_the_entries_leads_to_the_state_that_wrote_them(
    steps: list[tuple[c.TicketBody, object, str]],
) -> None:
    story = play(steps)
    kept: dict[str, object] = {}
    reader = Book(0, kept)  # type: ignore[arg-type]
    for offset, written in enumerate(story.written):
        assert reader.follow(offset, written.headers, written.value) == read_entry(written.value)
    assert kept == story.kept
    assert reader.head.chain == story.book.head.chain
    assert (reader.head.day, reader.head.sequence) == (story.book.head.day, story.book.head.sequence)


@for_any(st.binary(max_size=300))
@hypothesis_settings(max_examples=200, deadline=None)
def test_bytes_that_are_no_command_give_an_entry_with_their_digest(value: bytes) -> None:
    story = Story()
    entry = story.raw(value)
    assert entry.undecodable == sha256(value).hexdigest()
    assert names(story.when(register())) == ["Registered"]


def test_a_command_with_an_unknown_field_is_not_half_accepted() -> None:
    story = Story()
    asked = json.loads(write(story.command(register())))
    asked["body"]["colour"] = "red"
    assert story.raw(json.dumps(asked).encode()).undecodable


def test_a_command_without_its_time_zone_is_not_accepted() -> None:
    story = Story()
    asked = json.loads(write(story.command(register())))
    asked["occurred_at"] = "2026-03-02T10:00:00"
    assert story.raw(json.dumps(asked).encode()).undecodable


def test_a_command_that_took_effect_points_to_its_first_outcome_when_it_comes_again() -> None:
    story = Story()
    command = story.command(register())
    first = story.send(command)
    again = story.send(command)
    assert again.repeat_of == first.source.offset
    assert again.version == first.version
    assert again.after is not None
    assert first.after is not None
    assert again.after.number == first.after.number


def test_a_refused_command_may_be_tried_again() -> None:
    story = Story()
    accept = story.command(c.Accept())
    assert refused(story.send(accept)) == "unknown_ticket"
    story.given(register())
    assert names(story.send(accept)) == ["Accepted"]


def test_a_repeat_after_ninety_days_is_a_new_request() -> None:
    story = Story().given(register())
    amend = story.command(c.Amend(text=CIPHER))
    story.send(amend)
    story.later(days=91).given(c.Amend(text=CIPHER))
    assert names(story.send(amend)) == ["Supplemented"]


def test_a_closed_ticket_still_knows_its_registration_and_what_closed_it() -> None:
    story = Story()
    registration, closing = story.command(register()), story.command(c.RecordSurvey("satisfied"))
    story.send(registration)
    story.given(*TO_SURVEYING[1:])
    story.send(closing)
    assert story.send(registration).repeat_of is not None
    assert story.send(closing).repeat_of is not None
    assert len(story.book.tickets.get("t-1").seen) == 2  # type: ignore[union-attr]


def test_a_look_is_an_entry_that_leaves_the_version_and_the_numbers_alone() -> None:
    story = Story().given(register())
    before, sequence = story.ticket, story.book.head.sequence
    entry = story.when(c.Look(["text"], "dispatch"))
    assert names(entry) == ["Looked"]
    assert (entry.version, story.ticket, story.book.head.sequence) == (1, before, sequence)
    assert entry.after is not None
    assert names(story.when(c.Accept(), expected=1)) == ["Accepted"]


def test_whoever_looks_again_has_looked_twice() -> None:
    story = Story().given(register())
    look = story.command(c.Look(["text"], "dispatch"))
    assert [names(story.send(look)), names(story.send(look))] == [["Looked"], ["Looked"]]


def test_numbers_count_up_within_a_day_and_begin_anew_the_next() -> None:
    story = Story()
    first = story.when(register(), ticket="t-1").after
    second = story.when(register(), ticket="t-2").after
    story.later(hours=14)
    third = story.when(register(), ticket="t-3").after
    assert [first.number, second.number, third.number] == [  # type: ignore[union-attr]
        "20260302" + "00" + "000001",
        "20260302" + "00" + "000002",
        "20260303" + "00" + "000001",
    ]


def test_a_broker_clock_that_goes_back_repeats_no_number() -> None:
    story = Story().later(hours=14)
    first = story.when(register(), ticket="t-1").after
    story.at -= timedelta(days=1)
    second = story.when(register(), ticket="t-2").after
    assert first is not None
    assert second is not None
    assert second.number > first.number


def test_a_command_above_the_limit_is_refused_with_its_digest_and_the_book_goes_on() -> None:
    story = Story()
    value = write(story.command(register(text="x" * COMMAND_LIMIT)))
    entry = story.raw(value)
    assert refused(entry) == "command_too_large"
    assert entry.refusal is not None
    assert sha256(value).hexdigest() in entry.refusal.en
    assert names(story.when(register())) == ["Registered"]


def test_an_entry_above_the_limit_is_refused_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.book.ENTRY_LIMIT", 6_000)
    story = Story()
    assert refused(story.when(register(text="x" * 4_000))) == "entry_too_large"
    assert story.book.tickets.get("t-1") is None
    assert names(story.when(register())) == ["Registered"]


def test_an_entry_that_does_not_extend_the_chain_does_not_count() -> None:
    story, other = Story(), Story()
    story.when(register())
    other.when(register(fingerprint="elsewhere"))
    late = other.when(c.Accept())
    assert late.events
    follower = Follower.at_start("ticket", 0)
    for written in story.written:
        assert follower.counts(written.headers, written.value)
    assert not follower.counts(other.written[-1].headers, other.written[-1].value)
    assert not follower.counts([], b"{}")


def test_an_altered_entry_is_noticed() -> None:
    story = Story()
    story.when(register())
    follower = Follower.at_start("ticket", 0)
    for written in story.written[:-1]:
        follower.counts(written.headers, written.value)
    altered = story.written[-1].value.replace(b"water_supply", b"noise_supply")
    with pytest.raises(BrokenEntry):
        follower.counts(story.written[-1].headers, altered)


def test_a_partitions_chain_cannot_pass_for_anothers() -> None:
    assert genesis("ticket", 0) != genesis("ticket", 1)
