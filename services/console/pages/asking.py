"""A form of a page on its way to the record, and the ledger's word about it; of many tickets, one word each."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import Struct, json

from services.console.asking.forms import Action
from services.console.desk import Desk
from services.console.freshness import Token
from services.console.people.accounts import Account
from shared.ids import command_id
from shared.problems import Problem
from shared.ticket.commands import Command
from shared.ticket.refusals import refuse
from shared.ticket.words import Actor

PATIENCE = 10.0
"""Seconds that a person waits for the ledger's word; then the form is 已提交,待入账."""

AT_ONCE = 8
"""Tickets of which the same is asked side by side."""
OVER_SERVICES = 5
"""How often a form is asked again because a service's entry came before it."""


class Asked(NamedTuple):
    """Where the command lies, and whether the ledger's word came in time."""

    token: Token
    recorded: bool


async def ask(
    desk: Desk, caller: Account, ticket: str, asked: Action, key: str, expected: int | None = None
) -> Asked:
    """Send the form and wait; the same form of the same page (``key``) again is the same command.

    expected  the ticket's version that the page showed: the ledger refuses if another entry came first

    Raises Problem: the ledger's refusal, 404 where the caller may not know of the ticket, 403 where it is another
    duty's within the unit, 400 for a file that was not uploaded for the ticket, 503 without Kafka.
    """
    if not await desk.queries.may_see(caller, ticket):
        raise Problem.refused(refuse("unknown_ticket"))
    await desk.signoffs.require_duty(caller, type(asked))
    return await order(desk, caller, ticket, asked, key, expected)


async def order(
    desk: Desk, caller: Account, ticket: str, asked: Action, key: str, expected: int | None = None
) -> Asked:
    """``ask`` of a ticket that is known to be there and the caller's to see, whether or not the views have met it."""
    await desk.files.vouch(ticket, getattr(asked, "attachments", ()))
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
        await desk.freshness.reached(token)  # the page that says no shows what stands in the way
        raise Problem.refused(entry.refusal)
    return Asked(token, entry is not None)


class Outcome(Struct, frozen=True):
    """What came of one ticket of many."""

    number: str
    address: str
    problem: Problem | None


async def ask_each(
    desk: Desk, caller: Account, tickets: Sequence[str], asked: Action, key: str
) -> list[Outcome]:
    """The same of each of these tickets; one outcome a ticket, in their order."""
    side_by_side = asyncio.Semaphore(AT_ONCE)

    async def one(ticket: str) -> Outcome:
        async with side_by_side:
            return await _outcome(desk, caller, ticket, asked, key)

    return await asyncio.gather(*[one(ticket) for ticket in tickets])


async def _outcome(desk: Desk, caller: Account, ticket: str, asked: Action, key: str) -> Outcome:
    """One of them. Waits until the views have it, so that the list below the outcomes is as it stands then."""
    row = await desk.queries.ticket(caller, ticket)
    if row is None:
        return Outcome("–", "", Problem.refused(refuse("unknown_ticket")))
    try:
        done = await ask(desk, caller, ticket, asked, key)
        await desk.freshness.reached(done.token)
    except Problem as problem:
        return Outcome(row.number, f"/tickets/{ticket}", problem)
    return Outcome(row.number, f"/tickets/{ticket}", None)


async def ask_over_services(
    desk: Desk, caller: Account, ticket: str, asked: Action, key: str, expected: int | None
) -> Asked:
    """``ask``, over whatever the services wrote since the page was shown: a clock that was set takes nothing back.

    An entry of a person or a channel in between stands: the refusal goes to whoever asks.
    """
    for _ in range(OVER_SERVICES):
        try:
            return await ask(desk, caller, ticket, asked, key, expected)
        except Problem as refused:
            if refused.code != "stale_version" or expected is None:
                raise
            since = [
                line for line in await desk.queries.timeline(caller, ticket) if line["version"] > expected
            ]
            if not since or any(line["role"] != "service" for line in since):
                raise
            expected = since[-1]["version"]
    return await ask(desk, caller, ticket, asked, key, None)
