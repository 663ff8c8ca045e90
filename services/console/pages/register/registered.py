"""What the caller is told once it is registered: the number, who has it, and by when."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from services.console.desk import Desk, desk_of
from services.console.freshness import Token
from services.console.pages.inside import AtTheDesk
from services.console.pages.register.beside import CHANNEL, Line, catalogue_line, previews
from services.console.pages.register.form import ANOTHER, AT_ONCE
from services.console.pages.rendering import page
from services.console.people.accounts import Account
from services.console.rows import TicketRow
from shared.policy.clocks import Subject
from shared.policy.documents import Policies
from shared.problems import Problem
from shared.ticket.refusals import refuse

router = APIRouter(include_in_schema=False)

TELLING = timedelta(minutes=30)
"""Whoever registers a ticket may be on the phone for so long."""


@router.get("/registered/{ticket}")
async def registered(
    request: Request,
    caller: AtTheDesk,
    ticket: Annotated[str, Path(max_length=64)],
    said: str = "",
    token: str = "",
) -> Response:
    """The number and code to tell the caller, the unit and the date; ``said`` is what followed at once.

    Raises Problem 404 for a ticket that is not there to see, unless the views have yet to meet ``token``.
    """
    desk = desk_of(request)
    if not await desk.queries.may_see(caller, ticket) and (
        not token or desk.freshness.met(Token.parse(token))
    ):
        raise Problem.refused(refuse("unknown_ticket"))
    return await show_registered(request, caller, ticket, said=said, token=token)


async def show_registered(
    request: Request,
    caller: Account,
    ticket: str,
    *,
    said: str = "",
    failed: Problem | None = None,
    typed: dict[str, str] | None = None,
    token: str = "",
) -> Response:
    """The page; ``failed`` is why what was to follow did not, and ``typed`` all that it said."""
    desk, now = desk_of(request), datetime.now(UTC)
    row = await desk.queries.ticket(caller, ticket)
    policies = await desk.policies.known()
    return await page(
        request,
        caller,
        "register/registered",
        status=failed.status if failed else 200,
        ticket=ticket,
        token=token,
        row=row,
        said=said if said in (*AT_ONCE, ANOTHER, "sent") else "",
        failed=failed,
        follows=(typed or {}).get("_then", ""),
        typed=typed or {},
        line=_line(row, policies, now) if row else None,
        promised=_promised(row, policies) if row else None,
        code=await _code(desk, caller, ticket),
    )


async def _code(desk: Desk, caller: Account, ticket: str) -> str | None:
    """查询码, for whoever registered the ticket, to tell the caller; later it takes a look (``looks.py``)."""
    lines = await desk.queries.timeline(caller, ticket)
    theirs = bool(lines) and is_telling(lines[0], caller, datetime.now(UTC))
    return await desk.citizens.code(ticket) if theirs else None


def is_telling(first: Mapping[str, Any], caller: Account, now: datetime) -> bool:
    """Whether the caller has just registered the ticket that this line begins."""
    registered = (first["kind"], first["person"]) == ("Registered", caller.id)
    return registered and now - first["at"] < TELLING


def _line(row: TicketRow, policies: Policies, now: datetime) -> Line | None:
    """By which line it is, or will be, dispatched."""
    return catalogue_line(policies, row.jurisdiction, row.topic, row.place, now)


def _promised(row: TicketRow, policies: Policies) -> datetime | None:
    """As the record has it, and until it has as the terms in force will have it."""
    of = Subject(row.jurisdiction, row.demand, row.urgency, CHANNEL)  # type: ignore[arg-type]
    clocks = previews(of, policies, row.clock_from)
    return row.citizen_due or next((clock.due for clock in clocks if clock.clock == "citizen"), None)
