"""A form of a page on its way to the record, and the ledger's word about it."""

from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import json

from services.console.accounts import Account
from services.console.desk import Desk
from services.console.forms import Action
from services.console.freshness import Token
from shared.ids import command_id
from shared.problems import Problem
from shared.ticket.commands import Command
from shared.ticket.refusals import refuse
from shared.ticket.words import Actor

PATIENCE = 10.0
"""Seconds that a person waits for the ledger's word; then the form is 已提交,待入账."""


class Asked(NamedTuple):
    """Where the command lies, and whether the ledger's word came in time."""

    token: Token
    recorded: bool


async def ask(
    desk: Desk, caller: Account, ticket: str, asked: Action, key: str, expected: int | None = None
) -> Asked:
    """Send the form and wait; the same form of the same page (``key``) again is the same command.

    expected  the ticket's version that the page showed: the ledger refuses if another entry came first

    Raises Problem: the ledger's refusal, 404 where the caller may not know of the ticket, 503 without Kafka.
    """
    if not await desk.queries.may_see(caller, ticket):
        raise Problem.refused(refuse("unknown_ticket"))
    sealing = await desk.keyring.key(ticket)
    typed = sealing.fingerprint(json.encode(asked))
    command = Command(
        id=command_id(f"{caller.id}|{ticket}", f"{type(asked).__name__}|{key}|{typed}"),
        ticket=ticket,
        jurisdiction=caller.jurisdiction,
        actor=Actor(caller.id, caller.role, caller.unit),
        issuer="console",
        occurred_at=datetime.now(UTC),
        body=asked.command(sealing.seal),
        expected=expected,
    )
    token = await desk.send(command)
    entry = await desk.outcomes.of(token.partition, token.source, PATIENCE)
    if entry is not None and entry.refusal:
        raise Problem.refused(entry.refusal)
    return Asked(token, entry is not None)
