"""What people do: every POST becomes one command, and the ledger's word is the answer."""

from datetime import UTC, datetime
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from msgspec import Struct, json

from services.console.api.callers import Anyone
from services.console.api.repeats import is_same
from services.console.api.requests import (
    form_of,
    idempotency_key,
    seconds_to_wait,
    token_seen,
    version_seen,
)
from services.console.asking import registering
from services.console.asking.forms import ACTIONS, Action, Registration
from services.console.desk import Desk, desk_of
from services.console.freshness import Token
from services.console.people.accounts import Account
from shared.entry import Entry
from shared.ids import command_id
from shared.problems import Problem
from shared.ticket.commands import Command
from shared.ticket.refusals import refuse
from shared.ticket.state import Summary
from shared.ticket.words import Actor

router = APIRouter(tags=["actions"])

ISSUER = "console"


class Sent(Struct, frozen=True):
    """202: the command is recorded, its outcome is not known yet. ``token`` is where to look for it."""

    ticket: str
    command: str
    token: str


class Done(Struct, frozen=True):
    """200 or 201: what the command led to, and how the ticket stands after it."""

    ticket: str
    command: str
    token: str
    version: int
    recorded_at: datetime
    events: list[str]
    repeated: bool
    after: Summary | None


@router.post("/api/tickets")
async def register(request: Request, caller: Anyone) -> Response:
    """登记. ``Idempotency-Key`` is required: the same key and form again is the same ticket."""
    key = idempotency_key(request)
    if key is None:
        zh, en = "登记须带 Idempotency-Key。", "Registering needs an Idempotency-Key."
        raise Problem(400, "missing_idempotency_key", zh, en, field="Idempotency-Key")
    form = await form_of(request, Registration)
    desk = desk_of(request)
    command, token = await registering.register(desk, caller, key, form)
    return await _answered(request, desk, command, token, 201)


@router.post("/api/tickets/{ticket}/{action}")
async def act(ticket: str, action: str, request: Request, caller: Anyone) -> Response:
    """Any other action, by its form. One route for all: every request is matched against each route in turn."""
    if action not in ACTIONS:
        raise Problem(404, "unknown_action", f"没有操作 {action}。", f"There is no action {action}.")
    desk, asked = desk_of(request), await form_of(request, ACTIONS[action])
    if (token := token_seen(request)) is not None:
        await desk.freshness.reached(token)
    if not await desk.queries.may_see(caller, ticket):
        raise Problem.refused(refuse("unknown_ticket"))
    await desk.signoffs.require_duty(caller, ACTIONS[action])
    await desk.files.vouch(ticket, getattr(asked, "attachments", ()))
    sealing = await desk.keyring.key(ticket)
    command = Command(
        id=_id(caller, ticket, action, idempotency_key(request)),
        ticket=ticket,
        jurisdiction=caller.jurisdiction,
        actor=_actor(caller),
        issuer=ISSUER,
        occurred_at=datetime.now(UTC),
        body=asked.command(sealing.seal),
        expected=version_seen(request),
    )
    token = await desk.send(command)
    return await _answered(request, desk, command, token, 200, asked)


def _actor(caller: Account) -> Actor:
    return Actor(caller.id, caller.role, caller.unit)


def _id(caller: Account, ticket: str, action: str, key: str | None) -> str:
    """The same for the same key of the same caller, so that a double click is one command."""
    return command_id(f"{caller.id}|{ticket}", f"{action}|{key}") if key else str(uuid4())


async def _answered(
    request: Request, desk: Desk, command: Command, token: Token, done: int, asked: Action | None = None
) -> Response:
    """202 as soon as it is recorded; with ``Prefer: wait`` the outcome: status ``done``, or the refusal.

    A key that comes again with another form than ``asked`` is refused; of a registration the ledger says so.
    """
    headers = {"Location": f"/api/tickets/{command.ticket}", "View-Token": str(token)}
    if wait := seconds_to_wait(request):
        entry = await desk.outcomes.of(token.partition, token.source, wait)
        if entry is not None:
            if asked and entry.repeat_of is not None:
                first = Token(token.partition, entry.repeat_of)
                if not await is_same(desk, asked, command, first):
                    raise _key_reused()
            return _outcome(command, entry, token, headers, done)
    sent = Sent(command.ticket, command.id, str(token))
    return Response(json.encode(sent), 202, headers, "application/json")


def _outcome(command: Command, entry: Entry, token: Token, headers: dict[str, str], done: int) -> Response:
    if entry.refusal:
        problem = Problem.refused(entry.refusal)
        if command.expected == registering.UNBORN and entry.refusal.code == "stale_version":
            problem = _key_reused()
        problem.headers = headers
        raise problem
    kinds = [type(event).__name__ for event in entry.events]
    repeated = entry.repeat_of is not None
    after = Done(
        command.ticket, command.id, str(token), entry.version, entry.recorded_at, kinds, repeated, entry.after
    )
    return Response(json.encode(after), done, {**headers, "ETag": f'"{entry.version}"'}, "application/json")


def _key_reused() -> Problem:
    zh = "该 Idempotency-Key 已用于另一份内容,请换一个。"
    en = "This Idempotency-Key was used for another form: take a new one."
    return Problem(422, "idempotency_key_reused", zh, en, field="Idempotency-Key")
