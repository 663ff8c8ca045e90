"""附件与证据 on pages: uploaded while a form is filled in, and opened once the look is on record.

With scripts only the list of files comes back, and the form on the page goes on saving itself as a draft: what came
here is how it was when the upload began. Without scripts the form itself brings its files here: it comes back with
them and with all that was typed.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from starlette.responses import RedirectResponse

from services.console.asking.forms import MOST_FILES, LookAtFile
from services.console.asking.registering import unborn
from services.console.attachments.attached import carried, carried_in
from services.console.attachments.files import too_large, too_many
from services.console.attachments.serving import served
from services.console.desk import Desk, desk_of
from services.console.pages.inside import Anyone
from services.console.pages.kept import FILES, Kept
from services.console.pages.multipart import WithFiles
from services.console.pages.register import form as register_form
from services.console.pages.register.screen import DRAFT as REGISTER
from services.console.pages.register.screen import show_form
from services.console.pages.rendering import page
from services.console.pages.ticket import show
from services.console.pages.typed import LOOKED_OVER, typed_form
from services.console.people.accounts import Account
from services.console.proof.looks import look_at_file
from shared.problems import Problem
from shared.ticket.refusals import refuse
from shared.ticket.words import Attachment

router = APIRouter(include_in_schema=False)

AtTheDesk = Annotated[Account, Depends(WithFiles("operator"))]
Adding = Annotated[Account, Depends(WithFiles("operator", "unit"))]
Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


@router.post("/register/files")
async def upload_unborn(request: Request, caller: AtTheDesk) -> Response:
    """Files for the ticket that the form of 来电登记 will become."""
    desk, typed = desk_of(request), request.state.fields
    try:
        added = _added(request)
        key = await desk.keyring.key(unborn(caller, _key_in(typed)))
        _put(typed, await desk.files.keep_under(key, caller, added))
    except Problem as refused:
        if "hx-request" in request.headers:
            return await _listed(request, caller, "register", "/register/files", refused)
        return await show_form(request, caller, typed, problem=refused)
    if "hx-request" in request.headers:
        return await _listed(request, caller, "register", "/register/files")
    await desk.drafts.save(caller, None, REGISTER, typed)
    return RedirectResponse("/register", 303)


@router.post("/tickets/{ticket}/{action}/files")
async def upload(
    request: Request, caller: Adding, ticket: str, action: Literal["answer", "amend"]
) -> Response:
    """Files for a form of a ticket. Raises Problem 404 where the caller may not know of it."""
    desk, typed = desk_of(request), request.state.fields
    address = f"/tickets/{ticket}/{action}/files"
    if not await desk.queries.may_see(caller, ticket):
        raise Problem.refused(refuse("unknown_ticket"))
    try:
        _put(typed, await desk.files.keep(caller, ticket, _added(request)))
    except Problem as refused:
        if "hx-request" in request.headers:
            return await _listed(request, caller, action, address, refused)
        await desk.drafts.save(caller, ticket, action, typed)
        return await show(request, caller, ticket, kept=Kept(action, refused, typed))
    if "hx-request" in request.headers:
        return await _listed(request, caller, action, address)
    await desk.drafts.save(caller, ticket, action, typed)
    return RedirectResponse(f"/tickets/{ticket}#do-{action}", 303)


def _key_in(typed: dict[str, str]) -> str:
    """What makes the form one ticket. Raises Problem 400 for a form without it."""
    if not typed.get(register_form.KEY):
        zh, en = (
            "页面已过期,没有上传。请刷新后再试。",
            "The page is out of date, nothing was uploaded: load it again.",
        )
        raise Problem(400, "missing_field", zh, en)
    return typed[register_form.KEY]


def _added(request: Request) -> Sequence[bytes]:
    """The files that came. Raises Problem where they are too large, or too many with those that were there."""
    came: list[bytes] | None = request.state.files
    if came is None:
        raise too_large()
    if len(came) + len(carried_in(request.state.fields.get(FILES, ""))) > MOST_FILES:
        raise too_many()
    return came


def _put(typed: dict[str, str], kept: Sequence[Attachment]) -> None:
    """Beside those that the form carried already. What is new was not looked over yet."""
    typed.pop(LOOKED_OVER, None)
    files = [*carried_in(typed.get(FILES, "")), *kept]
    typed[FILES] = "\n".join(carried(file) for file in files)


async def _listed(
    request: Request, caller: Account, action: str, address: str, refused: Problem | None = None
) -> Response:
    """The form's files, in their place on the page."""
    typed = request.state.fields
    status = refused.status if refused else 200
    return await page(
        request, caller, "files", status=status, action=action, address=address, typed=typed, refused=refused
    )


@router.post("/tickets/{ticket}/files/{digest}")
async def opened(request: Request, caller: Anyone, ticket: str, digest: Digest) -> Response:
    """One of the ticket's files, once the look is on record."""
    desk: Desk = desk_of(request)
    request.state.kept = {}  # nothing was typed
    if not await desk.queries.may_see(caller, ticket):
        raise Problem.refused(refuse("unknown_ticket"))
    asked = typed_form(LookAtFile, request.state.fields)
    return served(await look_at_file(desk, caller, ticket, digest, asked))
