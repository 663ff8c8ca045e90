"""What people do on pages: every form is one command, and the ledger's word about it is the next page."""

from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from services.console.api.callers import HOTLINE
from services.console.asking.forms import ACTIONS, Look
from services.console.desk import desk_of
from services.console.pages.asking import Asked, ask_over_services
from services.console.pages.desks.desks import desk_in
from services.console.pages.desks.desks import show as show_desk
from services.console.pages.door import local
from services.console.pages.inside import Anyone
from services.console.pages.kept import KEY, NEXT, Kept, overtaken, version_in
from services.console.pages.rendering import page
from services.console.pages.returns import ruling
from services.console.pages.ticket import show
from services.console.pages.typed import typed_form
from services.console.people.accounts import Account
from services.console.proof.looks import Opened, look
from shared.problems import Problem
from shared.ticket.refusals import refuse

router = APIRouter(include_in_schema=False)


@router.post("/tickets/{ticket}/look")
async def opened(request: Request, caller: Anyone, ticket: str) -> Response:
    """The sealed fields in clear once the look is on record: in their place on the page, or the whole page."""
    desk = desk_of(request)
    if not await desk.queries.may_see(caller, ticket):
        raise Problem.refused(refuse("unknown_ticket"))
    try:
        shown = await look(desk, caller, ticket, typed_form(Look, request.state.fields))
    except Problem as refused:
        return await _looked(request, caller, ticket, None, refused)
    return await _looked(request, caller, ticket, shown, None)


async def _looked(
    request: Request, caller: Anyone, ticket: str, shown: Opened | None, refused: Problem | None
) -> Response:
    if "hx-request" in request.headers:
        status = refused.status if refused else 200
        wanted = request.state.fields.get(NEXT, "")
        onward = local(wanted) if wanted and refused and overtaken(refused) else ""
        return await page(
            request, caller, "opened", status=status, opened=shown, refused=refused, onward=onward
        )
    kept = Kept("look", refused, request.state.fields) if refused else None
    return await show(request, caller, ticket, opened=shown, kept=kept)


@router.post("/tickets/{ticket}/{action}")
async def act(request: Request, caller: Anyone, ticket: str, action: str) -> Response:
    """Any action by its form: on to where the form says; refused, the ticket with all that was typed."""
    if action not in ACTIONS:
        raise Problem(404, "unknown_action", f"没有操作 {action}。", f"There is no action {action}.")
    typed: dict[str, str] = request.state.fields
    try:
        asked = typed_form(ACTIONS[action], typed)
        done = await ask_over_services(
            desk_of(request), caller, ticket, asked, typed.get(KEY, ""), version_in(typed)
        )
    except Problem as refused:
        if refused.code == "unknown_ticket":
            raise
        await desk_of(request).drafts.save(caller, ticket, action, typed)
        return await _again(request, caller, ticket, Kept(action, refused, typed))
    if done.recorded:
        await desk_of(request).drafts.drop(caller, ticket, action)
    return RedirectResponse(_onward(typed.get(NEXT, ""), ticket, action, done), 303)


async def _again(request: Request, caller: Account, ticket: str, kept: Kept) -> Response:
    """The page that the form was on, with all that was typed: a desk, a return, or else the ticket's."""
    queue = desk_in(kept.typed)
    if queue is not None and caller.role == "operator":
        return await show_desk(request, caller, queue, of=ticket, kept=kept)
    if kept.typed.get(NEXT) == ruling.RETURNS and caller.role in HOTLINE:
        return await ruling.show(request, caller, ticket, kept=kept)
    return await show(request, caller, ticket, kept=kept)


def _onward(wanted: str, ticket: str, action: str, done: Asked) -> str:
    """With the place of the entry, so that the next page shows what was just done, and what to say of it."""
    address = local(wanted) if wanted else f"/tickets/{ticket}"
    told = urlencode({"token": str(done.token), "said": action if done.recorded else "sent", "of": ticket})
    return f"{address}{'&' if urlsplit(address).query else '?'}{told}"
