"""交办单, 催办通知书, 督办单: forms of a ticket on A4 in the grid of GB/T 9704, by CSS alone (console.md §3.4)."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from msgspec import json

from services.console.attachments.attached import attached
from services.console.desk import desk_of
from services.console.pages.door import is_https
from services.console.pages.inside import Anyone
from services.console.pages.printable import (
    level,
    of_this_round,
    overdue,
    urgings,
    why_not,
)
from services.console.pages.rendering import page
from services.console.pages.ticket import Clock
from services.console.pages.timeline import Line
from services.console.paper.papers import Form, refuse_printing
from services.console.paper.qr import code
from services.console.rows import TicketRow
from shared.policy.documents import Policies
from shared.policy.units import Units
from shared.problems import Problem
from shared.ticket.refusals import refuse

router = APIRouter(include_in_schema=False)

NOT_AS_IT_STANDS = 409


@router.get("/tickets/{ticket}/print/{form}")
async def printed(request: Request, caller: Anyone, ticket: str, form: Form) -> Response:
    """The form, and the record that it was taken; or why it makes no sense as the ticket stands."""
    desk, now = desk_of(request), datetime.now(UTC)
    row = await desk.queries.ticket(caller, ticket)
    if row is None:
        raise Problem.refused(refuse("unknown_ticket"))
    refuse_printing(caller, form, row)
    every = json.decode(json.encode(await desk.queries.deadlines(caller, ticket)), type=list[Clock])
    lines = json.decode(json.encode(await desk.queries.timeline(caller, ticket)), type=list[Line])
    clocks = of_this_round(row, every)
    unless = why_not(form, row, clocks, lines, now)
    if unless is None:
        await desk.exports.of_ticket(caller, form, ticket)
    return await page(
        request,
        caller,
        "printed",
        status=NOT_AS_IT_STANDS if unless else 200,
        form=form,
        row=row,
        unless=unless,
        clocks=clocks,
        late=overdue(clocks, now),
        level=level(row, clocks, now),
        urged=urgings(lines),
        files=len(attached(lines)),
        superior=_superior(await desk.policies.known(), row, now),
        qr=code(_address(request, ticket)),
    )


def _superior(policies: Policies, row: TicketRow, now: datetime) -> str | None:
    """Who stands above the lead unit, and gets a copy."""
    units = policies.find(row.jurisdiction, Units, now)
    leading = units.body.find(row.lead) if units and row.lead else None
    return leading.superior if leading else None


def _address(request: Request, ticket: str) -> str:
    """Where the ticket is on the screen, as this browser reached it."""
    scheme = "https" if is_https(request) else "http"
    return str(request.url.replace(scheme=scheme, path=f"/tickets/{ticket}", query=""))
