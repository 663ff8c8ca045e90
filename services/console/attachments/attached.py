"""附件: which files a ticket has, what may be uploaded, and how a form carries what was (pure).

A file is told by its kind, its size and the digest of its ciphertext. What it was called may be personal and is kept
nowhere.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from msgspec import DecodeError, Struct, convert, json

from shared.ticket.words import Attachment

BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "application/pdf": (b"%PDF-",),
}
"""How files of each kind begin; what somebody calls a file proves nothing."""
ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "application/pdf": "pdf",
}
"""What may be uploaded and shown in a browser, and how its name ends: no picture that can hold a script."""

SAVED = {
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "text/plain": "txt",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/amr": "amr",
    "video/mp4": "mp4",
}
"""What else channels send, which no browser opens here, by the ending under which it is saved."""


class Told(Protocol):
    """A line of a ticket's timeline."""

    @property
    def kind(self) -> str:
        """The event's."""

    @property
    def at(self) -> datetime:
        """When it was recorded."""

    @property
    def detail(self) -> dict[str, Any]:
        """The event without what is sealed."""


class Attached(Struct, frozen=True):
    """A file of a ticket, by which event it came, and when."""

    file: Attachment
    event: str
    at: datetime


def attached(lines: Iterable[Told]) -> list[Attached]:
    """The files of a ticket, oldest first."""
    return [
        Attached(convert(one, Attachment), line.kind, line.at)
        for line in lines
        for one in line.detail.get("attachments", ())
    ]


def kind_of(content: bytes) -> str | None:
    """What a file is by its first bytes; None for what is not of ``ENDINGS``."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for kind, begins in BEGINNINGS.items() if content.startswith(begins)), None)


def name_of(digest: str, content: bytes, said: str) -> str:
    """Under which name a file is shown or saved; ``said`` is what its channel called its kind."""
    kind = kind_of(content)
    return f"{digest[:12]}.{ENDINGS[kind] if kind else SAVED.get(said, 'bin')}"


def carried(file: Attachment) -> str:
    """The file as a form's field carries it: a line of JSON."""
    return json.encode(file).decode()


def carried_in(lines: str) -> list[Attachment]:
    """The files of a form's field, a line each; a line that is none is passed over, since it cannot be shown."""
    return [file for line in lines.split("\n") if (file := _read(line)) is not None]


def _read(line: str) -> Attachment | None:
    try:
        return json.decode(line, type=Attachment)
    except DecodeError:
        return None
