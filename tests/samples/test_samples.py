"""What was ever written is read, counted and decided again, byte for byte, by the program of today."""

from pathlib import Path
from typing import get_args

import pytest
from msgspec import json

from shared.book import Book
from shared.entry import Follower, kinds, read_entry
from shared.ticket.commands import PublishPolicy, TicketBody
from shared.ticket.events import Event
from tests.samples.write import FOLDER, Line, story

FILES = sorted(FOLDER.glob("entries-*.jsonl"))
every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def lines_of(file: Path) -> list[Line]:
    return [json.decode(line, type=Line) for line in file.read_bytes().splitlines()]


def headers_of(line: Line) -> list[tuple[str, bytes]]:
    return [(name, bytes.fromhex(content)) for name, content in line.headers.items()]


@every_file
def test_every_entry_ever_written_counts_and_is_read(file: Path) -> None:
    follower = Follower.at_start("ticket", 0)
    for line in lines_of(file):
        assert follower.counts(headers_of(line), line.value.encode())
        assert kinds(read_entry(line.value.encode())) == dict(headers_of(line))["kinds"].decode()


@every_file
def test_every_command_ever_decided_is_decided_the_same_again(file: Path) -> None:
    book = Book(0, {})
    for offset, line in enumerate(lines_of(file)):
        rules = read_entry(line.value.encode()).rules
        again = book.enter(offset, line.at, line.key.encode(), line.command.encode(), rules=rules)
        assert again.value.decode() == line.value
        assert again.headers == headers_of(line)


@every_file
def test_a_state_followed_from_old_entries_is_the_one_that_deciding_gave(file: Path) -> None:
    decided, followed = Book(0, {}), Book(0, {})
    for offset, line in enumerate(lines_of(file)):
        decided.enter(offset, line.at, line.key.encode(), line.command.encode())
        followed.follow(offset, headers_of(line), line.value.encode())
    assert followed.tickets == decided.tickets
    assert followed.policies.dump() == decided.policies.dump()


def test_there_is_a_sample_of_every_event_and_command_and_of_what_changes_nothing() -> None:
    entries = [read_entry(line.value.encode()) for file in FILES for line in lines_of(file)]
    happened = {type(event).__name__ for entry in entries for event in entry.events}
    assert happened == {kind.__name__ for kind in get_args(Event)}
    asked = {
        json.decode(line.command)["body"]["kind"]
        for file in FILES
        for line in lines_of(file)
        if _is_json(line)
    }
    assert asked >= {kind.__name__ for kind in (*get_args(TicketBody), PublishPolicy)}
    assert {"refused", "repeated", "undecodable"} <= {kinds(entry) for entry in entries}


def _is_json(line: Line) -> bool:
    return not read_entry(line.value.encode()).undecodable


def test_what_is_written_today_is_written_in_one_of_the_kept_forms() -> None:
    kept = {line.value for file in FILES for line in lines_of(file)}
    new = [line.value for line in story() if line.value not in kept]
    assert not new, "entries have a new form: keep it with python -m tests.samples.write entries-v<next>"
