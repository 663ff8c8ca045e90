"""The policies that the first partition was told, and what they call the codes of units, handlers, places and topics.

A name stays when its unit leaves the policy: the tickets that it had are still found and shown by it.
"""

from msgspec import Raw, json

from shared.policy.catalogue import Catalogue
from shared.policy.documents import Document
from shared.policy.units import Units
from shared.search import initials, plain
from shared.ticket import events as e
from shared.views.placed import Placed
from shared.views.rows import NameRow, PolicyRow

FIRST = 0
"""Every partition is told every policy; what the views show is taken from this one."""


def published(placed: Placed) -> list[Document]:
    """The policies that an entry publishes."""
    if placed.partition != FIRST:
        return []
    return [event.document for event in placed.entry.events if isinstance(event, e.PolicyPublished)]


def kept(document: Document) -> PolicyRow:
    """The policy as the view has it."""
    whole = Raw(json.encode(document))
    return PolicyRow(document.jurisdiction, document.kind, document.version, whole)


def named(document: Document) -> list[NameRow]:
    """The names that a policy brings."""
    match document.body:
        case Units(units):
            handlers = [one for unit in units for one in unit.handlers]
            return [
                *(_row(document, "unit", unit.id, unit.zh, unit.en) for unit in units),
                *(_row(document, "handler", one.id, one.name, None) for one in handlers),
            ]
        case Catalogue(topics, places):
            return [
                *(_row(document, "topic", topic.code, topic.zh, topic.en) for topic in topics),
                *(_row(document, "place", place.code, place.zh, None) for place in places),
            ]
        case _:
            return []


def _row(document: Document, kind: str, code: str, zh: str, en: str | None) -> NameRow:
    return NameRow(document.jurisdiction, kind, code, zh, en, plain(zh), initials(zh))
