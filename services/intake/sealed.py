"""What a channel brought, as a sealed command (pure): nothing personal leaves intake in the clear (design §8)."""

from collections.abc import Sequence
from hashlib import sha256

from msgspec import json

from shared.channels.form import Account, Demanded, Rated
from shared.ids import command_id, ticket_id
from shared.sealing import TicketKey
from shared.ticket.commands import Command, RecordSurvey, Register
from shared.ticket.words import Actor, Attachment, Sealed

ISSUER = "intake"


def ticket_of(account: Account, item: Demanded | Rated) -> str:
    """The ticket that an item is about."""
    return ticket_id(account.jurisdiction, account.id, item.external_id)


def fingerprint(key: TicketKey, item: Demanded) -> str:
    """The keyed hash of all that a demand says; when it was said does not count, a resend may differ in it."""
    files = [(file.name, file.type, sha256(file.content).hexdigest()) for file in item.files]
    said = (
        item.title,
        item.text,
        item.demand,
        item.urgency,
        item.topic,
        item.place,
        item.citizen,
        item.confidential,
    )
    return key.fingerprint(json.encode([said, files]))


def registering(
    account: Account, item: Demanded, key: TicketKey, print_: str, files: Sequence[Attachment]
) -> Command:
    """登记: the same content gives the same command id, so that a resend meets the first."""
    body = Register(
        channel=account.channel,
        account=account.id,
        external_id=item.external_id,
        fingerprint=print_,
        title=key.seal("title", item.title),
        text=key.seal("text", item.text),
        demand=item.demand,
        urgency=item.urgency,
        topic=item.topic,
        place=item.place,
        citizen=key.seal("citizen", json.encode(item.citizen).decode()) if item.citizen else None,
        reply_to=_sealed(key, "reply_to", item.reply_to),
        attachments=list(files),
        confidential=item.confidential,
        public=item.public,
        scope=item.scope,
    )
    return _command(account, item, key, print_, body)


def rating(account: Account, item: Rated, key: TicketKey) -> Command:
    """回访结果 of a round, through the channel."""
    body = RecordSurvey(item.grade, item.solved, _sealed(key, "words", item.words), item.round)
    said = key.fingerprint(json.encode((item.grade, item.solved, item.words)))
    return _command(account, item, key, f"rating|{item.round}|{said}", body)


def _command(
    account: Account, item: Demanded | Rated, key: TicketKey, purpose: str, body: Register | RecordSurvey
) -> Command:
    return Command(
        id=command_id(key.ticket, purpose),
        ticket=key.ticket,
        jurisdiction=account.jurisdiction,
        actor=Actor(account.id, "channel"),
        issuer=ISSUER,
        occurred_at=item.occurred_at,
        body=body,
    )


def _sealed(key: TicketKey, field: str, text: str | None) -> Sealed | None:
    return key.seal(field, text) if text is not None else None
