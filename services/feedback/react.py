"""回告 as a pure function: what an entry gives its channel to be told, in order, and what it has been told."""

from datetime import datetime
from typing import NamedTuple

from shared.entry import Entry
from shared.ids import command_id
from shared.ticket import events as e
from shared.ticket.words import Grade, Outcome, Sealed

KINDS = frozenset(
    {
        "Registered",
        "DeadlineSet",
        "AnswerApproved",
        "SurveyOpened",
        "AnsweredDirectly",
        "Declined",
        "Closed",
        "Delivered",
        "DeliveryFailed",
    }
)


class Telling(NamedTuple):
    """One thing to tell; ``field`` is the name under which ``sealed`` was sealed."""

    purpose: str
    round: int
    at: datetime
    field: str | None = None
    sealed: Sealed | None = None
    due: datetime | None = None
    outcome: Outcome | None = None
    grade: Grade | None = None


def delivery_id(ticket: str, purpose: str, round: int) -> str:
    """The id of a delivery, the same however often it is tried: the channel tells repeats by it."""
    return command_id(ticket, f"report|{purpose}|{round}")


def react(entry: Entry) -> list[Telling]:
    """What the channel is to be told because of the entry, in this order."""
    return [telling for event in entry.events for telling in _told(event, entry)]


def _told(event: e.Event, entry: Entry) -> list[Telling]:
    """The number goes out with its due moment; a decline with its reason (潍坊条例 art.19) as the reply."""
    at, round = entry.recorded_at, entry.after.round if entry.after else 1
    match event:
        case e.DeadlineSet(clock="citizen", before=None):
            return [Telling("number", 1, at, due=event.due)]
        case e.AnswerApproved():
            return [Telling("reply", event.round, at, "reply", event.reply)]
        case e.SurveyOpened():
            return [Telling("survey", event.round, at)]
        case e.AnsweredDirectly():
            reply = Telling("reply", round, at, "reply", event.reply)
            return [reply, Telling("ended", round, at, outcome="answered_directly")]
        case e.Declined():
            reason = Telling("reply", round, at, "reason", event.reason)
            return [reason, Telling("ended", round, at, outcome="declined")]
        case e.Closed():
            return [Telling("ended", round, at, outcome=event.outcome, grade=event.grade)]
        case _:
            return []
