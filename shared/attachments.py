"""Sealed files in a folder (edge): the content under its ticket's key, named by the digest of its ciphertext."""

import os
from hashlib import sha256
from pathlib import Path

from shared.sealing import TicketKey
from shared.settings import Settings
from shared.ticket.words import Attachment

LARGEST = 10 * 1024 * 1024
"""Bytes of one file."""
FIELD = "attachment"


class AttachmentError(Exception):
    """A file was not kept, or cannot be opened.

    ├── FileTooLarge
    └── FileLost
    """


class FileTooLarge(AttachmentError):
    """A file is larger than ``LARGEST``; the edge answers 413."""


class FileLost(AttachmentError):
    """The folder does not hold the file, or not its bytes: restore the folder from its backup."""


class Attachments:
    """The folder ``attachments`` of the installation's data."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data / "attachments"

    def keep(self, key: TicketKey, type: str, content: bytes) -> Attachment:
        """Seal a file and keep it; on disk, with its name, before this returns. Raises FileTooLarge."""
        if len(content) > LARGEST:
            raise FileTooLarge(f"{len(content)} bytes, at most {LARGEST}")
        sealed = key.seal_bytes(FIELD, content)
        digest = sha256(sealed).hexdigest()
        reference = f"{digest[:2]}/{digest}"
        _write(self._folder / reference, sealed)
        return Attachment(reference, digest, len(sealed), type)

    def open(self, key: TicketKey, attachment: Attachment) -> bytes:
        """The content; raises FileLost, or a SealingError if the key is not its own."""
        try:
            sealed = (self._folder / attachment.digest[:2] / attachment.digest).read_bytes()
        except OSError:
            raise FileLost(attachment.digest) from None
        if sha256(sealed).hexdigest() != attachment.digest:
            raise FileLost(attachment.digest)
        return key.open_bytes(FIELD, sealed)

    def remove(self, attachment: Attachment) -> None:
        """Take a file away, for good; nothing happens if it is not there."""
        (self._folder / attachment.digest[:2] / attachment.digest).unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    """A file that is there whole or not at all, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
