"""Reading what a machine pushed, strictly, item by item: every error names its field and never quotes a
value.

A body is first read leniently (bytes that are not UTF-8 become lone surrogates), then each item on its own,
so that an order with half a character spoils no neighbour.
"""

import json
import re
from typing import TypeVar

import msgspec

from shared.channels.form import Rejected

T = TypeVar("T")

NAME_LIMIT = 100
"""Characters of a field's name that are said back."""

_PLACE = re.compile(r" - at `\$\.?(.*?)`$")
_UNKNOWN = re.compile(r"unknown field `(.*)`", re.DOTALL)
_MISSING = re.compile(r"missing required field `(.*)`")


class Unreadable(Exception):
    """A whole body that cannot be read; ``rejected`` says why."""

    def __init__(self, rejected: Rejected) -> None:
        super().__init__(rejected.code)
        self.rejected = rejected


def read_json(body: bytes) -> object:
    """The JSON value; raises Unreadable for what is no JSON, for a key that stands twice, and for NaN."""
    text = body.decode("utf-8", "surrogateescape")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except _Twice as error:
        key = _shown(error.key)
        zh, en = f"字段 {key} 重复出现", f"the field {key} stands twice"
        raise Unreadable(Rejected(None, "repeated_field", key, zh, en)) from None
    except (ValueError, RecursionError):
        zh, en = "请求体不是合法的 JSON(须为 UTF-8 编码)", "the body is not JSON in UTF-8"
        raise Unreadable(Rejected(None, "malformed_json", "body", zh, en)) from None


def read_item(value: object, form: type[T], at: str, named: str) -> T | Rejected:
    """One item of a push as its form.

    at      where it stands in the push, before the names of its fields ("orders[3]"); empty for the body
    itself named   the field that holds its external id, so that a rejection can say which item it is about
    """
    external_id = _external_id(value, named)
    try:
        if found := _broken(value, at):
            return _rejected(external_id, "broken_text", found)
        return msgspec.convert(value, form)
    except msgspec.ValidationError as error:
        code, field, expected = _blamed(str(error))
        return _rejected(external_id, code, _joined(at, field), expected)
    except RecursionError:
        return _rejected(external_id, "nested_too_deep", at or "body")


class _Twice(ValueError):
    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Two readers may take different ones of two equal keys: what was signed would not be what is read."""
    made: dict[str, object] = {}
    for key, value in pairs:
        if key in made:
            raise _Twice(key)
        made[key] = value
    return made


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _external_id(value: object, named: str) -> str | None:
    given = value.get(named) if isinstance(value, dict) else None
    return given if isinstance(given, str) and given.isprintable() else None


def _broken(value: object, at: str) -> str | None:
    """The field with a NUL or with bytes that are no UTF-8; None if all is whole."""
    if isinstance(value, str):
        return at or "body" if "\0" in value or _has_surrogate(value) else None
    if isinstance(value, list):
        return next((f for i, v in enumerate(value) if (f := _broken(v, f"{at}[{i}]"))), None)
    if isinstance(value, dict):
        for key, part in value.items():
            field = _joined(at, _shown(key))
            if found := _broken(key, field) or _broken(part, field):
                return found
    return None


def _has_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _blamed(said: str) -> tuple[str, str, str]:
    """Code, field and what was expected, from a message of msgspec; a value that it quotes is left out."""
    place = _PLACE.search(said)
    at, said = (place.group(1), said[: place.start()]) if place else ("", said)
    if unknown := _UNKNOWN.search(said):
        return "unknown_field", _joined(at, _shown(unknown.group(1))), ""
    if missing := _MISSING.search(said):
        return "missing_field", _joined(at, missing.group(1)), ""
    return "invalid_field", at, said if said.startswith("Expected") else ""


_SAID = {
    "unknown_field": ("没有字段 {field} 的约定", "the field {field} is unknown"),
    "missing_field": ("缺少字段 {field}", "the field {field} is missing"),
    "invalid_field": ("字段 {field} 的内容不合约定", "the field {field} is not valid"),
    "broken_text": ("字段 {field} 含有空字符或残缺的 UTF-8", "the field {field} holds NUL or broken UTF-8"),
    "nested_too_deep": ("{field} 嵌套过深", "{field} is nested too deep"),
}


def _rejected(external_id: str | None, code: str, field: str, expected: str = "") -> Rejected:
    zh, en = (text.format(field=field or "body") for text in _SAID[code])
    return Rejected(external_id, code, field or "body", zh, f"{en}: {expected}" if expected else en)


def _joined(at: str, field: str) -> str:
    return f"{at}.{field}" if at and field and not field.startswith("[") else at + field


def _shown(name: str) -> str:
    """A name as it can be said back in a response: whole characters only, and not too many."""
    return name.encode("utf-8", "replace").decode().replace("\0", "?")[:NAME_LIMIT]
