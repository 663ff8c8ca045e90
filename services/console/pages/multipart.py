"""A posted form with files in it, read by hand: nothing of a file touches the disk before it is sealed."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from fastapi import Request

from services.console.pages.inside import FIELDS, Inside, folded
from shared.attachments import LARGEST
from shared.book import COMMAND_LIMIT
from shared.problems import Problem

MULTIPART = "multipart/form-data"
MOST = 3 * LARGEST + COMMAND_LIMIT
"""Bytes of one form with its files."""
_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?')
_NAME = re.compile(rb'\bname="([^"]*)"')


class Part(NamedTuple):
    """One field of the form; ``is_file`` where it brings a file, whose name is not looked at."""

    name: str
    is_file: bool
    content: bytes


class WithFiles(Inside):
    """``Inside`` for a form with files: ``request.state.files`` has them, None where all of it is too large.

    What is too large is read to its end and dropped, so that the browser listens to the answer; the fields in front
    of the files are there all the same.
    """

    async def typed(self, request: Request) -> dict[str, str]:
        """The fields; those of a form without files too, as a login in between sends it again."""
        said = request.headers.get("content-type", "")
        if not said.startswith(MULTIPART):
            request.state.files = []
            return await super().typed(request)
        body, whole = await _body(request)
        parts = list(parts_of(said, body))
        request.state.files = (
            [part.content for part in parts if part.is_file and part.content] if whole else None
        )
        return folded(request, _texts(parts))


def parts_of(content_type: str, body: bytes) -> Iterator[Part]:
    """The parts of a form (RFC 7578); one that is cut off is left out. Raises Problem 400 without a boundary."""
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise _malformed()
    for piece in (b"\r\n" + body).split(b"\r\n--" + boundary.group(1).encode())[1:-1]:
        head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = _NAME.search(head)
        yield Part(name.group(1).decode(errors="replace") if name else "", b"filename=" in head, content)


async def _body(request: Request) -> tuple[bytes, bool]:
    """The first ``MOST`` bytes, and whether that is all."""
    taken, length = bytearray(), 0
    async for piece in request.stream():
        length += len(piece)
        taken += piece[: MOST - len(taken)]
    return bytes(taken), length <= MOST


def _texts(parts: list[Part]) -> list[tuple[str, str]]:
    texts = [part for part in parts if not part.is_file]
    if len(texts) > FIELDS or sum(len(part.content) for part in texts) > COMMAND_LIMIT:
        raise Problem(413, "body_too_large", "内容过长。", "That is too long.")
    try:
        return [(part.name, part.content.decode()) for part in texts]
    except UnicodeDecodeError:
        raise _malformed() from None


def _malformed() -> Problem:
    return Problem(400, "malformed_body", "表单无法读取。", "The form cannot be read.")
