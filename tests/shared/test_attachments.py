"""Files are kept sealed, whole, and open only with their ticket's key."""

import os
from pathlib import Path

import pytest

from shared.attachments import LARGEST, Attachments, FileLost, FileTooLarge
from shared.sealing import TicketKey, WrongSeal
from shared.settings import Settings

KEY = TicketKey("ticket-a", bytes(32), os.urandom)
CONTENT = b"sample picture"


@pytest.fixture
def attachments(tmp_path: Path) -> Attachments:
    return Attachments(Settings(kafka="-", database="-", master_key="-", data=tmp_path))  # type: ignore[arg-type]


def test_a_file_opens_as_it_was_kept_and_lies_there_sealed(attachments: Attachments, tmp_path: Path) -> None:
    kept = attachments.keep(KEY, "image/png", CONTENT)
    stored = (tmp_path / "attachments" / kept.reference).read_bytes()
    assert attachments.open(KEY, kept) == CONTENT
    assert CONTENT not in stored
    assert (kept.size, kept.type) == (len(stored), "image/png")


def test_a_file_opens_with_no_other_ticket_s_key(attachments: Attachments) -> None:
    kept = attachments.keep(KEY, "image/png", CONTENT)
    with pytest.raises(WrongSeal):
        attachments.open(TicketKey("ticket-b", bytes(32), os.urandom), kept)


@pytest.mark.parametrize("lose", [Path.unlink, lambda path: path.write_bytes(b"other")])
def test_a_lost_or_altered_file_is_named(attachments: Attachments, tmp_path: Path, lose: object) -> None:
    kept = attachments.keep(KEY, "image/png", CONTENT)
    assert callable(lose)
    lose(tmp_path / "attachments" / kept.reference)
    with pytest.raises(FileLost, match=kept.digest):
        attachments.open(KEY, kept)


def test_a_file_too_large_is_not_kept(attachments: Attachments, tmp_path: Path) -> None:
    with pytest.raises(FileTooLarge):
        attachments.keep(KEY, "image/png", bytes(LARGEST + 1))
    assert not (tmp_path / "attachments").exists()


def test_nothing_half_written_is_left(attachments: Attachments, tmp_path: Path) -> None:
    attachments.keep(KEY, "image/png", CONTENT)
    assert list(tmp_path.rglob("*.part")) == []
