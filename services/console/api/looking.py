"""查看: opening sealed fields, and who did."""

from fastapi import APIRouter, Request, Response
from msgspec import json

from services.console.api.callers import Anyone, Overseer
from services.console.api.reading import Fresh
from services.console.api.requests import form_of, token_seen
from services.console.asking.forms import Look
from services.console.desk import desk_of
from services.console.proof.looks import look
from shared.problems import Problem
from shared.ticket.refusals import refuse

router = APIRouter(tags=["looks"])

LOOK = "/api/tickets/{ticket}/look"
UNKEPT = {"Cache-Control": "no-store"}


@router.post(LOOK)
async def opened(ticket: str, request: Request, caller: Anyone) -> Response:
    """The sealed fields in clear, after the look stands in the ticket's record; always waits for that."""
    desk, asked = desk_of(request), await form_of(request, Look)
    if (token := token_seen(request)) is not None:
        await desk.freshness.reached(token)
    if not await desk.queries.may_see(caller, ticket):
        raise Problem.refused(refuse("unknown_ticket"))
    shown = await look(desk, caller, ticket, asked)
    return Response(json.encode(shown), 200, {**UNKEPT, "View-Token": shown.token}, "application/json")


@router.get("/api/tickets/{ticket}/looks")
async def looks(caller: Overseer, view: Fresh, ticket: str) -> Response:
    """Who looked at which sealed fields and what for, the refused included, the latest first."""
    if not await view.desk.queries.may_see(caller, ticket):
        raise Problem.refused(refuse("unknown_ticket"))
    found = {"ticket": ticket, "looks": await view.desk.queries.looks(caller, ticket)}
    return Response(json.encode(found), 200, {**view.headers, **UNKEPT}, "application/json")
