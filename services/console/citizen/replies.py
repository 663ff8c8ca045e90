"""The public replies of a ticket, opened for the citizen whose they are (design §8).

No look is recorded: from its approval on a reply is the citizen's own, and nothing else is opened here.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from services.console.citizen.citizens import Line, Visit
from services.console.desk import Desk
from services.console.proof.record import RecordAway
from shared.entry import read_entry
from shared.sealing import SealingError
from shared.ticket import events as e
from shared.ticket.words import Sealed


class Reply(Struct, frozen=True):
    """A reply, or the reason why a demand was declined and whom to ask instead."""

    kind: str
    at: datetime
    text: str
    round: int | None = None
    right_channel: str | None = None


PUBLIC = ("AnswerApproved", "AnsweredDirectly", "Declined")
"""The events whose text is the citizen's; an answer that nobody has approved is not."""


async def replies(desk: Desk, visit: Visit, lines: Iterable[Line]) -> list[Reply] | None:
    """The replies, the latest first; None where the record cannot be read just now."""
    places = [(line.partition, line.offset) for line in lines if line.kind in PUBLIC]
    if not places:
        return []
    try:
        records = await desk.record.at(places[0][0], [offset for _, offset in places])
        entries = [read_entry(record.value) for record in records]
        found = [_opened(visit, event, entry.recorded_at) for entry in entries for event in entry.events]
    except (RecordAway, SealingError):
        return None
    return [one for one in reversed(found) if one is not None]


def _opened(visit: Visit, event: e.Event, at: datetime) -> Reply | None:
    def opened(field: str, sealed: Sealed) -> str:
        return visit.key.open(field, sealed)

    match event:
        case e.AnswerApproved():
            return Reply("AnswerApproved", at, opened("reply", event.reply), event.round)
        case e.AnsweredDirectly():
            return Reply("AnsweredDirectly", at, opened("reply", event.reply))
        case e.Declined():
            reason = opened("reason", event.reason)
            return Reply("Declined", at, reason, right_channel=event.right_channel)
        case _:
            return None
