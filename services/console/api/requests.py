"""What a request brings besides its address: a bounded body, the key, the version seen, the patience."""

import re
from typing import TypeVar

from fastapi import Request
from msgspec import DecodeError, Struct, ValidationError, json

from services.console.freshness import Token
from shared.book import COMMAND_LIMIT
from shared.problems import Problem

F = TypeVar("F", bound=Struct)
WAIT_LIMIT = 10
"""Seconds that ``Prefer: wait`` may ask for."""
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*(\d{1,4})", re.IGNORECASE)
_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_VERSION = re.compile(r'(?:W/)?"?(\d{1,9})"?')
_FIELD = re.compile(r"field `([^`]*)`")
_PATH = re.compile(r"`(\$[^`]*)`$")


async def form_of(request: Request, form: type[F]) -> F:
    """The body as that form; an empty one is ``{}``. Raises Problem 413, or 400 that names the field."""
    body = await _body(request)
    try:
        return json.decode(body or b"{}", type=form)
    except ValidationError as error:
        raise _wrong_field(str(error)) from None
    except (DecodeError, UnicodeDecodeError, RecursionError):
        zh, en = "请求正文不是有效的 UTF-8 JSON。", "The body is not JSON in UTF-8."
        raise Problem(400, "malformed_body", zh, en) from None


async def _body(request: Request) -> bytes:
    """The body, refused while it is read: what is too large is never held."""
    taken = bytearray()
    async for piece in request.stream():
        taken += piece
        if len(taken) > COMMAND_LIMIT:
            zh = f"请求正文超过 {COMMAND_LIMIT // 1024} KiB。"
            en = f"The body is larger than {COMMAND_LIMIT // 1024} KiB."
            raise Problem(413, "body_too_large", zh, en, headers={"Connection": "close"})
    return bytes(taken)


def _wrong_field(said: str) -> Problem:
    """msgspec's word about a body: which field, and what is wrong with it. It never quotes the value."""
    named, path = _FIELD.search(said), _PATH.search(said)
    parts = [path.group(1)[2:] if path else "", named.group(1) if named else ""]
    field = ".".join(part for part in parts if part) or None
    if "unknown field" in said:
        return Problem(
            400, "unknown_field", f"没有字段 {field}。", f"There is no field {field}.", field=field
        )
    if "missing required" in said:
        return Problem(
            400, "missing_field", f"缺少字段 {field}。", f"The field {field} is missing.", field=field
        )
    zh = f"字段 {field or '(正文)'} 不合规定。"
    return Problem(400, "invalid_field", zh, said.split(" - at ", 1)[0], field=field)


def idempotency_key(request: Request) -> str | None:
    """The client's key; raises Problem 400 if it is not 1–128 visible ASCII characters."""
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        zh, en = (
            "Idempotency-Key 须为 1–128 个可见 ASCII 字符。",
            "It must be 1–128 visible ASCII characters.",
        )
        raise Problem(400, "invalid_idempotency_key", zh, en, field="Idempotency-Key")
    return key


def version_seen(request: Request) -> int | None:
    """The ticket's version that the client acts upon, from ``If-Match``; None where it does not say."""
    said = request.headers.get("if-match")
    if said is None or said.strip() == "*":
        return None
    if match := _VERSION.fullmatch(said.strip()):
        return int(match.group(1))
    zh, en = 'If-Match 须为工单版本,如 "3"。', 'If-Match must be a ticket\'s version, such as "3".'
    raise Problem(400, "invalid_version", zh, en, field="If-Match")


def seconds_to_wait(request: Request) -> int:
    """How long the client waits for the outcome (``Prefer: wait=N``, at most 10); 0 for not at all."""
    match = _WAIT.search(request.headers.get("prefer", ""))
    return min(int(match.group(1)), WAIT_LIMIT) if match else 0


def token_seen(request: Request) -> Token | None:
    """The place in the record that the client has seen, from ``View-Token`` or ``?token=``."""
    said = request.headers.get("view-token") or request.query_params.get("token")
    return Token.parse(said) if said else None
