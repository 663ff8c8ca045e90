"""派单台: whom this goes to, why, who must not get it, and until when they would have to sign, call and answer."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from services.console.advice.proposals import Known, Matter, bars, proposals, shown
from services.console.pages.choices import choices
from services.console.pages.desks.sheet import Hand, Laid, Part, Sitting
from services.console.pages.fields import FIELDS
from services.console.pages.timeline import Line
from services.console.proof.looks import Opened
from services.console.rows import TicketRow
from shared.policy.catalogue import Catalogue, route
from shared.policy.clocks import Subject, from_assignment, from_signing, proposed
from shared.policy.documents import Policies
from shared.policy.units import Units
from shared.search import initials
from shared.ticket.words import Proposed, Written

AMENDED = tuple(field for field in FIELDS["amend"] if field.name not in ("text", "attachments"))
"""What 改类 changes."""


class Preview(Struct, frozen=True):
    """The clocks that would start now, and those that signing would start, as if it were now."""

    now: list[Proposed]
    at_signing: list[Proposed]


def fields(row: TicketRow) -> list[Written]:
    """What is opened to dispatch it: the demand, and after a return or a redo why it is here again."""
    return ["title", "text", "reason"] if row.returns or row.redos else ["title", "text"]


def lay(opened: Opened) -> Laid:
    """As it came."""
    return Laid(opened, [Part("", opened.values)])


async def sheet(hand: Hand, at: Sitting) -> dict[str, Any]:
    """What the desk shows beside the ticket."""
    units = at.policies.find(hand.row.jurisdiction, Units, at.now)
    precedents = await at.desk.track_record.precedents(at.caller, hand.row)
    known = Known(
        units.body if units else Units(()),
        at.policies.find(hand.row.jurisdiction, Catalogue, at.now),
        precedents,
    )
    matter = Matter(hand.row.topic, hand.row.place, _returned(hand.lines))
    found = proposals(matter, known)
    loads = await at.desk.track_record.loads(at.caller, [one.unit for one in found])
    able, barred = shown(found, loads)
    return {
        "able": able,
        "barred": barred,
        "routed": _routed(matter, known),
        "offered": {one.unit: one.assisting for one in able},
        "bars": bars(matter, known),
        "known_units": known.units.units,
        "initials": initials,
        "preview": preview(hand.row, at.policies, at.now),
        "amended": AMENDED,
        "choices": choices(at.policies, hand.row.jurisdiction, hand.row.lead, at.now),
    }


def _routed(matter: Matter, known: Known) -> str | None:
    """Whom the system dispatches it to by itself, once it is reclassified so."""
    line = route(known.catalogue.body, matter.topic, matter.place) if known.catalogue else None
    return line.lead if line else None


def _returned(lines: list[Line]) -> frozenset[str]:
    """The units whose return of this ticket was upheld."""
    ruled = [line.detail for line in lines if line.kind == "ReturnRuled"]
    return frozenset(detail["unit"] for detail in ruled if detail.get("upheld"))


def preview(row: TicketRow, policies: Policies, now: datetime) -> Preview:
    """What the unit's clocks would be if it got the ticket now; the same for whichever unit."""
    of = Subject(row.jurisdiction, row.demand, row.urgency, row.channel)  # type: ignore[arg-type]
    starts = (from_assignment(of, row.round, policies, now), from_signing(of, row.round, policies, now))
    return Preview(
        *[
            [one for clock in clocks if (one := proposed(of, clock, row.round, now, policies, now))]
            for clocks in starts
        ]
    )
