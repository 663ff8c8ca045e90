"""A posted form with files in it, read by hand: nothing of a file touches the disk before it is sealed."""

import re
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from typing import NamedTuple

from fastapi import Request

from services.console.pages.inside import FIELDS, Inside, folded
from services.console.people.accounts import Account
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

    Who comes is known by the form's beginning: files are read of those who may come in alone, and no further than
    ``MOST``. The fields in front of the files are there all the same.
    """

    async def __call__(self, request: Request) -> Account:
        account = await super().__call__(request)
        body: Body | None = request.state.body
        if body is not None:
            whole, parts = await body.read(MOST)
            request.state.kept = folded(request, _texts(parts))
            files = [part.content for part in parts if part.is_file and part.content]
            request.state.files = files if whole else None
            request.state.body = None  # or every file lies there twice until it is answered
        return account

    async def typed(self, request: Request) -> dict[str, str]:
        """The fields; those of a form without files too, as a login in between sends it again."""
        said = request.headers.get("content-type", "")
        request.state.body, request.state.files = None, []
        if not said.startswith(MULTIPART):
            return await super().typed(request)
        request.state.body = Body(said, request.stream())
        _, parts = await request.state.body.read(COMMAND_LIMIT)
        return folded(request, _texts(parts))


class Body:
    """A form on its way here, read as far as it is wanted."""

    def __init__(self, content_type: str, stream: AsyncIterator[bytes]) -> None:
        self._content_type = content_type
        self._stream = stream
        self._taken = bytearray()

    async def read(self, most: int) -> tuple[bool, list[Part]]:
        """Read on to ``most`` bytes: whether that is all, and the parts by then. Raises Problem 400."""
        while len(self._taken) <= most and (piece := await anext(self._stream, None)) is not None:
            self._taken += piece
        return len(self._taken) <= most, list(parts_of(self._content_type, self._taken))


def parts_of(content_type: str, body: bytes | bytearray) -> Iterator[Part]:
    """The parts of a form (RFC 7578); one that is cut off is left out. Raises Problem 400 where it is none."""
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise _malformed()
    edges = re.finditer(rb"(?:\A|\r\n)--" + re.escape(boundary.group(1).encode()), body)
    for edge, next_edge in pairwise(edges):
        begins = body.find(b"\r\n\r\n", edge.end(), next_edge.start())
        if begins < 0:
            raise _malformed()
        head = bytes(body[edge.end() : begins])
        name = _NAME.search(head)
        content = bytes(body[begins + 4 : next_edge.start()])
        yield Part(name.group(1).decode(errors="replace") if name else "", b"filename=" in head, content)


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
