"""登记: a demand that somebody made on the phone or in person, as one command, whether by the API or a page."""

from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import json

from services.console.asking.forms import Registration
from services.console.desk import Desk
from services.console.freshness import Token
from services.console.people.accounts import Account
from shared.ids import command_id, ticket_id
from shared.ticket.commands import Command
from shared.ticket.words import Actor

UNBORN = 0
"""The version that a registration expects: of a ticket that is there, another form would be a supplement."""


class Registering(NamedTuple):
    """The command, and where it lies."""

    command: Command
    token: Token


async def register(desk: Desk, caller: Account, key: str, form: Registration) -> Registering:
    """Send the registration. The same ``key`` of the same caller is the same ticket: the same form again is a repeat of
    it, another form is refused as ``stale_version``.

    The caller's number is filed first, so that no ticket stays without it. Raises Problem 503 without Kafka, 400 for a
    file that was not uploaded with the same ``key``.
    """
    account, external_id = _order(caller, key)
    ticket = unborn(caller, key)
    await desk.files.vouch(ticket, form.attachments)
    sealing = await desk.keyring.key(ticket)
    fingerprint = sealing.fingerprint(json.encode(form))
    if form.citizen and form.citizen.phone:
        await desk.phones.file(caller.jurisdiction, [(ticket, form.citizen.phone)])
    command = Command(
        id=command_id(ticket, fingerprint),
        ticket=ticket,
        jurisdiction=caller.jurisdiction,
        actor=Actor(caller.id, caller.role, caller.unit),
        issuer="console",
        occurred_at=form.occurred_at or datetime.now(UTC),
        body=form.command(sealing.seal, account, external_id, fingerprint),
        expected=UNBORN,
    )
    return Registering(command, await desk.send(command))


def unborn(caller: Account, key: str) -> str:
    """The id of the ticket that the caller's form with this key becomes."""
    return ticket_id(caller.jurisdiction, *_order(caller, key))


def _order(caller: Account, key: str) -> tuple[str, str]:
    return f"console:{caller.jurisdiction}", f"{caller.id}:{key}"
