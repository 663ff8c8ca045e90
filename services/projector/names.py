"""What the codes of units, places and topics are called, from the policies that the first partition was told.

A name stays when its unit leaves the policy: the tickets that it had are still found and shown by it.
"""

from services.projector.placed import Placed
from services.projector.rows import NameRow
from shared.policy.catalogue import Catalogue
from shared.policy.documents import Document
from shared.policy.units import Units
from shared.search import initials, plain
from shared.ticket import events as e

FIRST = 0
"""Every partition is told every policy; the names are taken from this one."""


def named(placed: Placed) -> list[NameRow]:
    """The names that an entry brings."""
    if placed.partition != FIRST:
        return []
    published = [event.document for event in placed.entry.events if isinstance(event, e.PolicyPublished)]
    return [row for document in published for row in _of(document)]


def _of(document: Document) -> list[NameRow]:
    match document.body:
        case Units(units):
            return [_row(document, "unit", unit.id, unit.zh, unit.en) for unit in units]
        case Catalogue(topics, places):
            return [
                *(_row(document, "topic", topic.code, topic.zh, topic.en) for topic in topics),
                *(_row(document, "place", place.code, place.zh, None) for place in places),
            ]
        case _:
            return []


def _row(document: Document, kind: str, code: str, zh: str, en: str | None) -> NameRow:
    return NameRow(document.jurisdiction, kind, code, zh, en, plain(zh), initials(zh))
