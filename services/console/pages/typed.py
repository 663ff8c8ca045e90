"""What was typed into a page's form, as the form of the API that it means."""

import re
from collections.abc import Mapping
from typing import TypeVar, get_args, get_origin, get_type_hints

from msgspec import Struct, ValidationError, convert

from services.console.asking.forms import Answer, RecordSurvey
from services.console.attachments.attached import carried_in
from shared.problems import Problem
from shared.ticket.words import Attachment

F = TypeVar("F", bound=Struct)
CHOSEN = "_file"
"""The input for files; empty once they are uploaded, for then a form carries references alone."""
LOOKED_OVER = "_looked_over"
"""The tick that the pictures of an answer show nobody's name, number, door or face."""
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
BEIJING = ":00+08:00"
"""What an input for times leaves out."""
_FIELD = re.compile(r"(?:field `|\$\.)([a-z_]+)")


def typed_form(kind: type[F], typed: Mapping[str, str]) -> F:
    """The form; an empty input is one that was left out, a local time is Beijing's, a list has one a line.

    Files come one a line as JSON. Raises Problem 400 that names the first field that is missing or wrong, never its
    value; for a file that was chosen and not uploaded, or evidence that nobody looked over for personal data.
    """
    if typed.get(CHOSEN, "").strip():
        raise _not_uploaded()
    if kind is Answer and typed.get("attachments") and not typed.get(LOOKED_OVER):
        raise _not_looked_over()
    if kind is RecordSurvey and typed.get("solved") == "partly":
        typed = {**typed, "solved": "false", "partly": "true"}
    hints = get_type_hints(kind)
    given = {name: _value(hint, typed[name]) for name, hint in hints.items() if typed.get(name, "").strip()}
    try:
        return convert(given, kind, strict=False)
    except ValidationError as error:
        raise _wrong(str(error)) from None


def _value(hint: object, text: str) -> str | list[str] | list[Attachment]:
    if hint == list[Attachment]:
        return carried_in(text)
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


def _not_uploaded() -> Problem:
    zh = "选好的文件还没有上传完,没有提交。请等它出现在列表里再提交,或重新选择。"
    en = "A chosen file is not uploaded yet; nothing was sent. Wait until it is listed, or choose it again."
    return Problem(400, "file_not_uploaded", zh, en, field="attachments")


def _not_looked_over() -> Problem:
    zh = "请先看一遍图片里有没有别人的姓名、电话、门牌、人脸,再勾选“已看过”。没有提交。"
    en = "Look the pictures over for names, numbers, doors and faces and tick that you did; nothing was sent."
    return Problem(400, "not_looked_over", zh, en, field="attachments")
