"""登记、补充、受理、不予受理、直接答复、历史导入."""

from datetime import datetime

from shared.ticket import commands as c
from shared.ticket import events as e
from shared.ticket.refusals import Refusal, refuse
from shared.ticket.situation import Situation
from shared.ticket.state import Ticket
from shared.ticket.words import Past


def register(ticket: None, body: c.Register, now: Situation) -> list[e.Event] | Refusal:
    """A new ticket with its number; the jurisdiction must have published its units."""
    jurisdiction = now.command.jurisdiction
    if now.units() is None:
        return refuse("no_policy", jurisdiction=jurisdiction, kind="units")
    if refused := _unknown_words(body.topic, body.place, now):
        return refused
    return [
        e.Registered(
            number=now.number,
            channel=body.channel,
            account=body.account,
            external_id=body.external_id,
            fingerprint=body.fingerprint,
            clock_from=_clock_from(body.channel, now),
            title=body.title,
            text=body.text,
            demand=body.demand,
            urgency=body.urgency,
            topic=body.topic,
            place=body.place,
            citizen=body.citizen,
            reply_to=body.reply_to,
            attachments=body.attachments,
            confidential=body.confidential,
            public=body.public,
            scope=body.scope,
            reply_by=body.reply_by,
        )
    ]


def _clock_from(channel: str, now: Situation) -> datetime:
    """The claimed time where policy trusts the channel and it lies within the allowed past, else the record's.

    Design §3 point 9.
    """
    terms = now.terms()
    return terms.clock_from(channel, now.command.occurred_at, now.at) if terms else now.at


def supplement(ticket: Ticket, body: c.Register, now: Situation) -> list[e.Event] | Refusal:
    """The same external id with other content: 补充 on the same ticket, whatever its stage."""
    if body.fingerprint in ticket.fingerprints:
        return refuse("already_registered", number=ticket.number)
    return [
        e.Supplemented(
            text=body.text,
            title=body.title,
            citizen=body.citizen,
            fingerprint=body.fingerprint,
            attachments=body.attachments,
        )
    ]


def amend(ticket: Ticket, body: c.Amend, now: Situation) -> list[e.Event] | Refusal:
    """A further text, a better classification, or both; what would change nothing is refused."""
    if refused := _unknown_words(body.topic, body.place, now):
        return refused
    events: list[e.Event] = []
    if body.text is not None or body.attachments:
        events.append(e.Supplemented(text=body.text, attachments=body.attachments))
    better = e.Reclassified(
        demand=body.demand or ticket.demand,
        urgency=body.urgency or ticket.urgency,
        topic=body.topic or ticket.topic,
        place=body.place or ticket.place,
    )
    if (better.demand, better.urgency, better.topic, better.place) != (
        ticket.demand,
        ticket.urgency,
        ticket.topic,
        ticket.place,
    ):
        events.append(better)
    return events or refuse("nothing_to_amend")


def _unknown_words(topic: str | None, place: str | None, now: Situation) -> Refusal | None:
    """A topic or place that the catalogue does not have would be routed by nobody."""
    catalogue = now.catalogue()
    if catalogue is None:
        return None
    if topic is not None and not catalogue.has_topic(topic):
        return refuse("unknown_topic", topic=topic)
    if place is not None and not catalogue.has_place(place):
        return refuse("unknown_place", place=place)
    return None


def accept(ticket: Ticket, body: c.Accept, now: Situation) -> list[e.Event] | Refusal:
    """受理."""
    return [e.Accepted()]


def decline(ticket: Ticket, body: c.Decline, now: Situation) -> list[e.Event] | Refusal:
    """不予受理, with the reason and the right way to go (潍坊条例 art.19)."""
    return [e.Declined(body.ground, body.reason, body.right_channel)]


def answer(ticket: Ticket, body: c.AnswerDirectly, now: Situation) -> list[e.Event] | Refusal:
    """直接答复."""
    return [e.AnsweredDirectly(body.reply)]


def import_history(ticket: None, body: c.ImportHistory, now: Situation) -> list[e.Event] | Refusal:
    """One entry for the whole past; an open ticket whose time is up is marked missed, without urging anyone."""
    if now.units() is None:
        return refuse("no_policy", jurisdiction=now.command.jurisdiction, kind="units")
    imported = e.HistoryImported(
        number=now.number,
        channel=body.channel,
        account=body.account,
        external_id=body.external_id,
        title=body.title,
        text=body.text,
        past=body.past,
        demand=body.demand,
        urgency=body.urgency,
        topic=body.topic,
        place=body.place,
        citizen=body.citizen,
        scope=body.scope,
    )
    return [imported, *_carried_deadline(body.past, now.at)]


def _carried_deadline(past: Past, at: datetime) -> list[e.Event]:
    if past.outcome is not None or past.due is None:
        return []
    carried = e.DeadlineSet("citizen", 1, past.registered_at, past.due, "imported", None, False, [], {})
    return [carried, e.DeadlineMissed("citizen", 1, past.due)] if past.due <= at else [carried]
