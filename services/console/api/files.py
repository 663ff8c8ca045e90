"""附件: a unit's system uploads evidence and names it in its answer; opening a file is a look."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from msgspec import json

from services.console.api.callers import Anyone, Writer
from services.console.api.requests import form_of, token_seen
from services.console.asking.forms import LookAtFile
from services.console.attachments.files import too_large
from services.console.attachments.serving import served
from services.console.desk import desk_of
from services.console.proof.looks import look_at_file
from shared.attachments import LARGEST
from shared.problems import Problem
from shared.ticket.refusals import refuse

router = APIRouter(tags=["files"])

UPLOAD = "/api/tickets/{ticket}/files"
LOOK_AT = "/api/tickets/{ticket}/files/{digest}"


@router.post(UPLOAD)
async def upload(ticket: str, request: Request, caller: Writer) -> Response:
    """Seal a file, the body as it is, for this ticket; gives what ``attachments`` of a form names it by."""
    desk = desk_of(request)
    content = await _content(request)
    if (token := token_seen(request)) is not None:
        await desk.freshness.reached(token)
    if not await desk.queries.may_see(caller, ticket):
        raise Problem.refused(refuse("unknown_ticket"))
    (kept,) = await desk.files.keep(caller, ticket, [content])
    return Response(json.encode(kept), 201, media_type="application/json")


async def _content(request: Request) -> bytes:
    """The body, refused while it is read."""
    taken = bytearray()
    async for piece in request.stream():
        taken += piece
        if len(taken) > LARGEST:
            raise too_large()
    return bytes(taken)


@router.post(LOOK_AT)
async def opened(
    ticket: str, digest: Annotated[str, Path(pattern="^[0-9a-f]{64}$")], request: Request, caller: Anyone
) -> Response:
    """The file itself, after the look stands in the ticket's record; always waits for that."""
    desk, asked = desk_of(request), await form_of(request, LookAtFile)
    if (token := token_seen(request)) is not None:
        await desk.freshness.reached(token)
    if not await desk.queries.may_see(caller, ticket):
        raise Problem.refused(refuse("unknown_ticket"))
    return served(await look_at_file(desk, caller, ticket, digest, asked))
