"""Queue mode: one ticket after the other, each in one pair of hands; what was passed over is there for a supervisor."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from msgspec import Meta, Struct

from services.console.api.callers import Only
from services.console.api.reading import Before, Fresh, Limit, said
from services.console.api.requests import form_of
from services.console.desk import desk_of
from services.console.people.accounts import Account
from services.console.queries import Queue

router = APIRouter(tags=["queues"])

Worker = Annotated[Account, Depends(Only("operator", "supervisor"))]
Watcher = Annotated[Account, Depends(Only("supervisor", "auditor"))]


class Held(Struct, frozen=True, forbid_unknown_fields=True):
    """The ticket in hand."""

    ticket: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*\Z")]


class Skipped(Held, frozen=True, forbid_unknown_fields=True):
    """跳过: a ticket passed over, and why."""

    reason: Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00]*\S[^\x00]*\Z")]


@router.post("/api/queues/{queue}/next")
async def take(request: Request, caller: Worker, view: Fresh, queue: Queue) -> Response:
    """The next ticket that nobody works on, held for the caller; what they hold of the queue already comes again."""
    return said(await desk_of(request).holds.next(caller, queue), view.headers)


@router.post("/api/queues/{queue}/renew")
async def renew(request: Request, caller: Worker, queue: Queue) -> Response:
    """Hold the ticket for as long again; 409 if it is no longer the caller's."""
    held = await form_of(request, Held)
    return said({"until": await desk_of(request).holds.renew(caller, queue, held.ticket)})


@router.post("/api/queues/{queue}/release")
async def release(request: Request, caller: Worker, queue: Queue) -> Response:
    """Give the ticket back without a word: somebody else gets it."""
    held = await form_of(request, Held)
    await desk_of(request).holds.release(caller, queue, held.ticket)
    return Response(status_code=204)


@router.post("/api/queues/{queue}/skip")
async def skip(request: Request, caller: Worker, queue: Queue) -> Response:
    """跳过 the ticket in hand, which needs a reason; the caller gets it again once it has changed."""
    skipped = await form_of(request, Skipped)
    await desk_of(request).holds.skip(caller, queue, skipped.ticket, skipped.reason)
    return Response(status_code=204)


@router.get("/api/skips")
async def skips(
    request: Request, caller: Watcher, view: Fresh, before: Before = None, limit: Limit = 50
) -> Response:
    """What was passed over in queues, by whom and why, the latest first; ``before`` is the last id read."""
    return said({"skips": await desk_of(request).holds.skips(caller, before, limit)}, view.headers)
