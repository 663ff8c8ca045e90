"""常用语: the page on which people keep them, and the list of them that ``;;`` opens in any text."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from msgspec import ValidationError, convert
from starlette.responses import RedirectResponse

from services.console.desk import desk_of
from services.console.pages.inside import Anyone
from services.console.pages.rendering import page
from services.console.people.accounts import Account
from services.console.workplace.phrases import Wish
from services.console.workplace.saved_views import audiences
from shared.problems import Problem

router = APIRouter(include_in_schema=False)

Phrase = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/phrases")
async def phrases(request: Request, caller: Anyone) -> Response:
    """All of them: one's own to rewrite, share and delete."""
    return await _shown(request, caller, None)


@router.get("/phrases/offered")
async def offered(request: Request, caller: Anyone) -> Response:
    """The part of a page that offers them while somebody writes."""
    return await page(request, caller, "phrases_offered", phrases=await desk_of(request).phrases.of(caller))


@router.post("/phrases")
async def save(request: Request, caller: Anyone) -> Response:
    """Keep one; refused, the page with what was typed."""
    try:
        await desk_of(request).phrases.save(caller, _wish(request.state.fields))
    except Problem as refused:
        return await _shown(request, caller, refused)
    return RedirectResponse("/phrases", 303)


@router.post("/phrases/{phrase}")
async def change(request: Request, caller: Anyone, phrase: Phrase) -> Response:
    """Rewrite or share one; refused, the page with what was typed."""
    try:
        await desk_of(request).phrases.change(caller, phrase, _wish(request.state.fields))
    except Problem as refused:
        return await _shown(request, caller, refused)
    return RedirectResponse("/phrases", 303)


@router.post("/phrases/{phrase}/delete")
async def delete(request: Request, caller: Anyone, phrase: Phrase) -> Response:
    """Forget one."""
    await desk_of(request).phrases.drop(caller, phrase)
    return RedirectResponse("/phrases", 303)


async def _shown(request: Request, caller: Account, refused: Problem | None) -> Response:
    return await page(
        request,
        caller,
        "phrases",
        reads_at="/phrases",
        status=refused.status if refused else 200,
        phrases=await desk_of(request).phrases.of(caller),
        audiences=audiences(caller),
        refused=refused,
        typed=request.state.fields.get("text", "") if refused else "",
    )


def _wish(typed: dict[str, str]) -> Wish:
    chosen = {name: typed[name].strip() for name in ("text", "audience") if name in typed}
    try:
        return convert(chosen, Wish)
    except ValidationError:
        zh, en = "常用语须为 1–500 个字。", "A phrase has 1 to 500 characters."
        raise Problem(400, "invalid_field", zh, en, field="text") from None
