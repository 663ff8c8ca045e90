"""What was typed into a page's form, as the form of the API that it means."""

import re
from collections.abc import Mapping
from typing import TypeVar, get_args, get_origin, get_type_hints

from msgspec import Struct, ValidationError, convert

from shared.problems import Problem

F = TypeVar("F", bound=Struct)
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
BEIJING = ":00+08:00"
"""What an input for times leaves out."""
_FIELD = re.compile(r"(?:field `|\$\.)([a-z_]+)")


def typed_form(kind: type[F], typed: Mapping[str, str]) -> F:
    """The form; an empty input is one that was left out, a local time is Beijing's, a list has one a line.

    Raises Problem 400 that names the first field that is missing or wrong, never its value.
    """
    hints = get_type_hints(kind)
    given = {name: _value(hint, typed[name]) for name, hint in hints.items() if typed.get(name, "").strip()}
    try:
        return convert(given, kind, strict=False)
    except ValidationError as error:
        raise _wrong(str(error)) from None


def _value(hint: object, text: str) -> str | list[str]:
    if get_origin(hint) is list or any(get_origin(part) is list for part in get_args(hint)):
        return text.split("\n")
    return text + BEIJING if _LOCAL.fullmatch(text) else text


def _wrong(said: str) -> Problem:
    found = _FIELD.search(said)
    field = found.group(1) if found else None
    if "missing required" in said:
        zh, en = "有必填项未填写,没有提交。", "A field that is needed is empty; nothing was sent."
        return Problem(400, "missing_field", zh, en, field=field)
    zh = "有一项内容不合规定(过长或含无效字符),没有提交。"
    en = "A field is too long or has a character that no text may have; nothing was sent."
    return Problem(400, "invalid_field", zh, en, field=field)
