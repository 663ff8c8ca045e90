"""An entry and its hashes: red once a byte is another one, green only where it was compared, else amber."""

import pytest

from services.console.proof.inspecting import Stored, Verdict, checks, found, overall, stored
from shared.ticket import commands as c
from shared.ticket.commands import write
from tests.sample import CIPHER, TO_SIGNED, Story

LAST = 7
"""The source of the story's last entry: five policies, then the ticket's three."""


@pytest.fixture
def records() -> list[Stored]:
    """A partition as it is stored."""
    written = Story().given(*TO_SIGNED).written
    return [stored(at, one.key, one.headers, one.value) for at, one in enumerate(written)]


def verdicts(records: list[Stored], source: int, *counted: int, epoch: int = 1) -> dict[str, Verdict]:
    it = found(records, epoch, source, counted)
    assert it
    told = checks(0, it)
    return {check.name: check.verdict for check in told} | {"all": overall(told)}


def same(**other: Verdict) -> dict[str, Verdict]:
    return {**dict.fromkeys(("digest", "hash", "previous", "next", "all"), "same"), **other}


@pytest.mark.parametrize("source", range(LAST))
def test_an_entry_as_it_was_written_agrees_the_first_of_a_partition_too(
    records: list[Stored], source: int
) -> None:
    assert verdicts(records, source) == same()


def test_the_last_entry_agrees_although_nothing_extends_it_yet(records: list[Stored]) -> None:
    assert verdicts(records, LAST) == same(next="unknown")


@pytest.mark.parametrize("at", [0, 100, -1])
def test_a_flipped_byte_differs_and_its_neighbours_do_not(records: list[Stored], at: int) -> None:
    value = bytearray(records[6].value)
    value[at] ^= 1
    records[6] = records[6]._replace(value=bytes(value))
    assert verdicts(records, 6) == same(digest="differs", hash="differs", next="differs", all="differs")
    assert verdicts(records, 5) == verdicts(records, 4) == same()


@pytest.mark.parametrize("name", ["digest", "hash", "previous"])
def test_another_or_a_missing_header_never_agrees(records: list[Stored], name: str) -> None:
    whole = records[6]
    records[6] = whole._replace(headers={**whole.headers, name: bytes(32)})
    assert verdicts(records, 6)["all"] == "differs"
    records[6] = whole._replace(headers={k: v for k, v in whole.headers.items() if k != name})
    assert verdicts(records, 6)["all"] in ("differs", "unknown")
    assert verdicts(records, 6)[name] != "same"


def test_an_entry_whose_predecessor_is_missing_is_not_known_to_be_whole(records: list[Stored]) -> None:
    assert verdicts(records[6:], 6) == same(previous="unknown", all="unknown")


def test_a_late_writers_record_does_not_count_wherever_it_lies(records: list[Stored]) -> None:
    late = records[6]._replace(offset=20)
    it = found([*records, late], 1, 6, ())
    assert it
    assert (it.entry.offset, [record.offset for record in it.loose]) == (6, [20])
    foreign = records[6]._replace(offset=5, headers={**records[6].headers, "previous": bytes(32)})
    assert verdicts([foreign, *records], 6) == same()
    assert verdicts([foreign, *records], 6, 5)["all"] == "differs"


def test_there_is_no_entry_where_nobody_answered(records: list[Stored]) -> None:
    assert found(records, 1, LAST + 1, ()) is None
    assert stored(3, None, [("source", b"x/y")], None).source == -1


@pytest.fixture
def logs() -> list[Stored]:
    """A partition whose log was made anew after its first entries: the commands of the second begin at 0 again."""
    story = Story().given(*TO_SIGNED)
    for at in range(LAST + 3):
        again = write(story.command(c.Amend(text=CIPHER)))
        story.written.append(story.book.enter(at, 1_772_000_000_000 + at, b"t-1", again, epoch=2))
    return [stored(at, one.key, one.headers, one.value) for at, one in enumerate(story.written)]


@pytest.mark.parametrize("source", range(LAST + 2))
def test_an_entry_of_a_log_that_was_made_anew_is_told_from_that_of_the_log_before(
    logs: list[Stored], source: int
) -> None:
    it = found(logs, 2, source, ())
    assert it
    assert (it.entry.epoch, it.entry.offset, it.loose) == (2, LAST + 1 + source, [])
    assert verdicts(logs, source, epoch=2) == same()
    if source <= LAST:
        assert verdicts(logs, source) == same()


def test_the_first_entry_of_a_log_goes_on_from_the_last_that_counts_of_the_log_before(
    logs: list[Stored],
) -> None:
    last, first = logs[LAST], logs[LAST + 1]
    late = last._replace(offset=LAST + 20, headers={**last.headers, "hash": bytes(32)})
    it = found([*logs, late], 2, 0, {last.offset, first.offset})
    assert it
    assert (it.before, it.after) == (last, logs[LAST + 2])
    it = found(logs, 1, LAST, ())
    assert it
    assert it.after == first
    assert verdicts(logs[LAST + 1 :], 0, epoch=2)["previous"] == "differs"
