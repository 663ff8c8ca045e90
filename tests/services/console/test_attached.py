"""What a file is, how a form carries it, and how a browser gets it: by its own bytes, and it can run nothing."""

from datetime import UTC, datetime

import pytest

from services.console.attachments.attached import attached, carried, carried_in, kind_of
from services.console.attachments.serving import served
from services.console.pages.multipart import parts_of
from services.console.pages.timeline import Line
from services.console.proof.looks import OpenedFile
from shared.problems import Problem
from shared.ticket.words import Attachment

FILE = Attachment("ab/abcd", "abcd", 2048, "image/png")
PICTURES = {
    "image/jpeg": b"\xff\xd8\xff\xe0 sample",
    "image/png": b"\x89PNG\r\n\x1a\n sample",
    "image/gif": b"GIF89a sample",
    "image/webp": b"RIFF\x10\0\0\0WEBP sample",
    "application/pdf": b"%PDF-1.7 sample",
}
ACTIVE = {
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "script": b"alert(1)",
    "riff that is no picture": b"RIFF\x10\0\0\0WAVE sample",
    "a picture's beginning cut off": b"\x89PN",
    "nothing": b"",
}


def given(content: bytes, said: str = "image/png") -> tuple[str, str, str]:
    """Type, disposition and policy of a file with this content, whatever its channel said that it is."""
    file = Attachment("ab/ab", "ab" * 32, len(content), said)
    headers = served(OpenedFile("3:1", file, content)).headers
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
    return headers["content-type"], headers["content-disposition"], headers["content-security-policy"]


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_and_a_pdf_are_shown_as_what_their_bytes_say_and_run_nothing(kind: str) -> None:
    shown, disposition, policy = given(PICTURES[kind])
    assert (kind_of(PICTURES[kind]), shown) == (kind, kind)
    assert disposition.startswith('inline; filename="abababababab.')
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("sandbox") == kind.startswith("image/")


@pytest.mark.parametrize("name", ACTIVE)
def test_whatever_else_a_file_is_a_browser_only_saves_it(name: str) -> None:
    assert kind_of(ACTIVE[name]) is None
    shown, disposition, policy = given(ACTIVE[name])
    assert (shown, disposition) == ("application/octet-stream", 'attachment; filename="abababababab.bin"')
    assert policy.endswith("sandbox")


def test_what_is_only_saved_has_the_ending_of_its_kind_and_none_that_would_run() -> None:
    endings = {
        said: given(b"PK sample", said)[1].rpartition(".")[2]
        for said in ("audio/mpeg", "text/html", "image/svg+xml", "image/png", "application/x-msdownload")
    }
    assert set(endings.values()) == {'mp3"', 'bin"'}
    assert endings["audio/mpeg"] == 'mp3"'


def test_a_form_carries_a_file_as_a_line_and_passes_over_what_is_none() -> None:
    other = Attachment("cd/cdef", "cdef", 1, "application/pdf")
    lines = f'{carried(FILE)}\n\n{{"digest": "cdef"}}\n<script>\n{carried(other)}'
    assert carried_in(lines) == [FILE, other]
    assert "\n" not in carried(FILE)


def test_a_ticket_s_files_are_told_oldest_first_with_what_brought_each() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    lines = [
        Line(1, at, "Registered", None, None, None, {"attachments": [{**_fields(FILE)}]}),
        Line(2, at, "Signed", None, None, None, {}),
        Line(3, at, "Answered", None, None, None, {"attachments": [{**_fields(FILE)}, {**_fields(FILE)}]}),
    ]
    assert [(one.event, one.file) for one in attached(lines)] == [
        ("Registered", FILE),
        ("Answered", FILE),
        ("Answered", FILE),
    ]


def _fields(file: Attachment) -> dict[str, object]:
    return {name: getattr(file, name) for name in file.__struct_fields__}


def body(*parts: bytes) -> bytes:
    return b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts)


TEXT = 'Content-Disposition: form-data; name="reply"\r\n\r\n样例'.encode()
HEAD = b'Content-Disposition: form-data; name="_file"; filename="x.png"\r\nContent-Type: image/png\r\n\r\n'


def test_a_file_in_a_form_is_read_to_its_last_byte() -> None:
    content = bytes(range(256)) + b"\r\n--not the edge\r\n\r\n\n\r"
    sent = body(TEXT, HEAD + content) + b"--edge--\r\n"
    text, file = parts_of('multipart/form-data; boundary="edge"', sent)
    assert text == ("reply", False, "样例".encode())
    assert file == ("_file", True, content)


def test_a_part_that_is_cut_off_is_left_out_and_those_before_it_stay() -> None:
    sent = body(TEXT) + b"--edge\r\n" + HEAD + b"half a pict"
    assert [part.name for part in parts_of("multipart/form-data; boundary=edge", sent)] == ["reply"]


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("multipart/form-data", body(TEXT, TEXT)),
        ("multipart/form-data; boundary=edge", body(b"no head", TEXT)),
    ],
    ids=["without a boundary", "a part without a head"],
)
def test_what_is_no_form_is_refused(said: str, sent: bytes) -> None:
    with pytest.raises(Problem, match="malformed_body"):
        list(parts_of(said, sent))
