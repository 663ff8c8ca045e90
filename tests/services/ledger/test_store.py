"""The ledger's store: what it gives back decides the next entry, so it must be what was put, to the byte."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from services.ledger.store import Store
from shared.book import Book
from shared.ticket import commands as c
from shared.ticket.words import Past
from tests.sample import CIPHER, Story

OFFSET = timezone(timedelta(hours=8))
"""Times as another system writes them: with their own offset."""
PAST = Past(datetime(2026, 2, 2, 9, 30, tzinfo=OFFSET), due=datetime(2026, 2, 9, 18, 0, tzinfo=OFFSET))
IMPORT = c.ImportHistory("hotline", "city", "A1", CIPHER, CIPHER, PAST)


def test_a_ledger_started_again_writes_the_very_entries_that_it_would_have_written(tmp_path: Path) -> None:
    stayed, restarted = Story(), Story()
    imported, *following = [stayed.command(body) for body in (IMPORT, c.Accept(), c.Amend(demand="help"))]
    for story in (stayed, restarted):
        story.send(imported)
    restarted.book = through_a_store(restarted, tmp_path)
    for story in (stayed, restarted):
        for command in (imported, *following):
            story.send(command)
    assert [one.value for one in restarted.written] == [one.value for one in stayed.written]


def through_a_store(story: Story, folder: Path) -> Book:
    """The story's book as a ledger has it that ended and was started again."""
    store = Store(folder, 0)
    book = Book(0, store)
    for offset, written in enumerate(story.written):
        book.follow(offset, written.headers, written.value)
    store.commit(book.head, book.policies)
    store.close()
    again = Store(folder, 0)
    return Book(0, again, again.head(), again.policies())


def kept_in(folder: Path) -> Story:
    """A story whose book was put away in a store."""
    story = Story()
    story.send(story.command(IMPORT))
    through_a_store(story, folder).tickets.close()  # type: ignore[attr-defined]
    return story


def test_a_torn_store_begins_anew_instead_of_ending_the_ledger(tmp_path: Path) -> None:
    kept_in(tmp_path)
    (tmp_path / "0" / "CURRENT").write_bytes(b"torn")
    assert Store(tmp_path, 0).head() == Book(0, {}).head


def test_a_store_of_another_format_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_in(tmp_path)
    monkeypatch.setattr("services.ledger.store.FORMAT", b"another")
    store = Store(tmp_path, 0)
    assert store.head() == Book(0, {}).head
    assert store.get("t-1") is None


def test_a_store_that_another_process_holds_is_not_touched(tmp_path: Path) -> None:
    kept_in(tmp_path)
    holder = Store(tmp_path, 0)
    with pytest.raises(Exception, match="lock"):
        Store(tmp_path, 0)
    assert holder.get("t-1") is not None
