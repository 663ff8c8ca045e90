"""Where a page's forms save what is typed; the scripts of the page call it, and show its sentence."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from services.console.desk import desk_of
from services.console.pages.inside import Anyone
from services.console.pages.rendering import language_of
from services.console.pages.shown import clock_time
from services.console.words import Words

router = APIRouter(include_in_schema=False)

WITHOUT_TICKET = "new"
"""Stands in the address for the ticket of a form that has none."""
Form = Annotated[str, Path(pattern="^[a-z-]{1,40}$")]


@router.post("/drafts/{ticket}/{form}")
async def save(request: Request, caller: Anyone, ticket: str, form: Form) -> Response:
    """Keep the form's fields as they are now; says when that was, 204 where nothing is left to keep."""
    place = None if ticket == WITHOUT_TICKET else ticket
    saved = await desk_of(request).drafts.save(caller, place, form, request.state.fields)
    if saved is None:
        return Response(status_code=204)
    said = Words(language_of(request))("draft.saved_now", at=clock_time(saved))
    return Response(said, media_type="text/plain; charset=utf-8")
