"""The form of 来电登记, what stands beside it, and what becomes of it."""

from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import RedirectResponse

from services.console.asking.forms import Action, Amend
from services.console.asking.registering import register
from services.console.desk import Desk, desk_of
from services.console.freshness import Token
from services.console.measured import ENTRY
from services.console.pages.asking import PATIENCE, Asked, ask, order
from services.console.pages.choices import choices
from services.console.pages.fields import FIELDS
from services.console.pages.inside import AtTheDesk
from services.console.pages.kept import FILES
from services.console.pages.register import form
from services.console.pages.register.beside import Beside, beside
from services.console.pages.register.registered import show_registered
from services.console.pages.rendering import language_of, page
from services.console.pages.typed import typed_form
from services.console.people.accounts import Account
from services.console.words import Words
from services.console.workplace.drafts import Draft
from shared.problems import Problem
from shared.ticket.refusals import refuse

router = APIRouter(include_in_schema=False)

DRAFT = "register"
Ticket = Annotated[str, Path(max_length=64)]


@router.get("/register")
async def blank(request: Request, caller: AtTheDesk, matter: str = "") -> Response:
    """来电登记: the form, with the draft that was left; for another ``matter`` it begins with the caller, once."""
    desk = desk_of(request)
    drafts = await desk.drafts.of(caller, None)
    if matter == form.ANOTHER:
        if form.ANOTHER in drafts and DRAFT not in drafts:
            begun = {**drafts[form.ANOTHER].fields, form.KEY: token_urlsafe(12)}
            await desk.drafts.save(caller, None, DRAFT, begun)
        await desk.drafts.drop(caller, None, form.ANOTHER)
        return RedirectResponse("/register", 303)
    draft = drafts.get(DRAFT)
    return await show_form(request, caller, draft.fields if draft else {}, draft=draft)


@router.post("/register")
async def submit(request: Request, caller: AtTheDesk) -> Response:
    """Register, and what was chosen to follow at once; refused, the form with all that was typed."""
    typed: dict[str, str] = request.state.fields
    then, key = typed.get("_then", ""), typed.get(form.KEY) or token_urlsafe(12)
    desk = desk_of(request)
    try:
        wanted, follows = form.registration(typed), form.at_once(then, typed)
        command, token = await register(desk, caller, key, wanted)
        recorded = await _recorded(desk, token)
    except Problem as refused:
        return await show_form(request, caller, typed, problem=refused)
    done = (
        await _follow(desk, caller, command.ticket, follows, f"{key}{then}") if recorded and follows else None
    )
    _measure(typed)
    await desk.drafts.drop(caller, None, DRAFT)
    await desk.drafts.save(caller, None, form.ANOTHER, form.of_caller(typed) if then == form.ANOTHER else {})
    if isinstance(done, Problem):
        await desk.freshness.reached(token)
        return await show_registered(
            request, caller, command.ticket, failed=done, typed=typed, token=str(token)
        )
    shown = done or Asked(token, recorded)
    told = urlencode({"token": str(shown.token), "said": then if shown.recorded else "sent"})
    return RedirectResponse(f"/registered/{command.ticket}?{told}", 303)


async def _follow(desk: Desk, caller: Account, ticket: str, follows: Action, key: str) -> Asked | Problem:
    """What is to follow at once, before the services take the ticket further; the Problem if it did not."""
    try:
        return await order(desk, caller, ticket, follows, key)
    except Problem as refused:
        return refused


@router.post("/register/beside")
async def look_beside(request: Request, caller: AtTheDesk) -> Response:
    """What may be the same, who would get it and by when: in its place, or with the whole form."""
    typed: dict[str, str] = request.state.fields
    if "hx-request" not in request.headers:
        return await show_form(request, caller, typed)
    return await page(request, caller, "register/beside", beside=await _beside(request, caller, typed))


@router.post("/register/emergency")
async def emergency(request: Request, caller: AtTheDesk) -> Response:
    """转110: the form with all that it takes, ready to be confirmed by one key; what is said first is never held up."""
    typed = form.to_emergency(request.state.fields, Words(language_of(request)))
    return await show_form(request, caller, typed, open_at="decline", confirm=True)


@router.post("/register/into/{ticket}")
async def supplement(request: Request, caller: AtTheDesk, ticket: Ticket) -> Response:
    """What the caller says becomes a supplement of a ticket that is there, and no ticket of its own."""
    typed: dict[str, str] = request.state.fields
    desk = desk_of(request)
    try:
        asked = typed_form(Amend, {name: typed.get(name, "") for name in ("text", FILES)})
        if asked.text is None:
            raise Problem(400, "missing_field", *_NO_TEXT, field="text")
        done = await ask(desk, caller, ticket, asked, f"{typed.get(form.KEY, '')}into")
    except Problem as refused:
        if refused.code == "unknown_ticket":
            raise
        return await show_form(request, caller, typed, problem=refused)
    await desk.drafts.drop(caller, None, DRAFT)
    told = urlencode({"token": str(done.token), "said": "amend" if done.recorded else "sent"})
    return RedirectResponse(f"/tickets/{ticket}?{told}", 303)


_NO_TEXT = ("请先在“内容”中写明要补充什么。", "Write down what is to be added under Content first.")


async def _recorded(desk: Desk, token: Token) -> bool:
    """Whether the ledger's word came in time. Raises Problem: its refusal."""
    entry = await desk.outcomes.of(token.partition, token.source, PATIENCE)
    if entry is None or entry.refusal is None:
        return entry is not None
    if entry.refusal.code == "stale_version" and entry.after is not None:
        raise Problem.refused(refuse("already_registered", number=entry.after.number))
    raise Problem.refused(entry.refusal)


def _measure(typed: dict[str, str]) -> None:
    """From the first key to the submission, as the page's script tells; a number that cannot be is passed over."""
    seconds = typed.get("_seconds", "")
    if seconds.isdecimal() and len(seconds) < 5:
        ENTRY.observe(int(seconds))


async def _beside(request: Request, caller: Account, typed: dict[str, str]) -> Beside:
    desk, now = desk_of(request), datetime.now(UTC)
    topic, place = typed.get("topic") or None, typed.get("place") or None
    alike = await desk.similar.to(caller, typed.get("phone"), topic, place, now)
    return beside(typed, alike, await desk.policies.known(), caller.jurisdiction, now)


async def show_form(
    request: Request,
    caller: Account,
    typed: dict[str, str],
    *,
    problem: Problem | None = None,
    draft: Draft | None = None,
    open_at: str = "",
    confirm: bool = False,
) -> Response:
    """The form with all that was typed; ``problem`` is why it was not taken.

    confirm  whether the part that stands open needs no more than its button
    """
    desk, now = desk_of(request), datetime.now(UTC)
    return await page(
        request,
        caller,
        "register/form",
        reads_at="/register",
        status=problem.status if problem else 200,
        typed=typed,
        key=typed.get(form.KEY) or token_urlsafe(12),
        form=form,
        fields=FIELDS,
        choices=choices(await desk.policies.known(), caller.jurisdiction, None, now),
        beside=await _beside(request, caller, typed),
        problem=problem,
        draft=draft if draft and form.said(draft.fields) else None,
        open_at=open_at or _where(typed, problem),
        confirm=confirm,
    )


def _where(typed: dict[str, str], problem: Problem | None) -> str:
    """The part of the form that stands open: what was chosen to follow, or what a draft has filled in."""
    if problem and typed.get("_then") in form.AT_ONCE:
        return typed["_then"]
    filled = [
        action for action in form.AT_ONCE if any(typed.get(one.name, "").strip() for one in FIELDS[action])
    ]
    return filled[0] if filled else ""
