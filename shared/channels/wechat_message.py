"""WeChat's messages as text fields, from JSON or XML, and replies in the form that the message had.

The envelope is WeChat's and grows without notice, so fields unknown to us are passed over; the form inside
``Content`` is ours and strict (``mini_program``). No document type, no entities: a bomb is refused unread.
"""

from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from msgspec import json

from shared.channels.form import Rejected
from shared.channels.strict import Unreadable, read_json

Fields = dict[str, str]


def is_xml(body: bytes) -> bool:
    """Whether a message is XML; else it is taken for JSON."""
    return body.lstrip()[:1] == b"<"


def read_message(body: bytes) -> Fields:
    """The fields of a message, numbers as text; raises Unreadable."""
    return _read_xml(body) if is_xml(body) else _read_json(body)


def write_message(fields: dict[str, str | int], xml: bool) -> bytes:
    """A reply in the same form."""
    if not xml:
        return json.encode(fields)
    parts = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in fields.items())
    return f"<xml>{parts}</xml>".encode()


def _read_xml(body: bytes) -> Fields:
    try:
        root = fromstring(body, forbid_dtd=True)
        fields = {child.tag: child.text or "" for child in root}
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        zh, en = "请求体不是合法的 XML(不得含实体或 DTD)", "the body is not XML without entities and DTD"
        raise Unreadable(Rejected(None, "malformed_xml", "body", zh, en)) from None
    return fields


def _read_json(body: bytes) -> Fields:
    value = read_json(body)
    if not isinstance(value, dict):
        raise Unreadable(Rejected(None, "malformed_json", "body", "请求体须为对象", "the body is no object"))
    return {name: str(part) for name, part in value.items() if isinstance(part, str | int)}
