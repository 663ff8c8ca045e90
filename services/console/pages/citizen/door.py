"""In by number and code, which stand in no address and no log; out again; larger letters."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from services.console.citizen.citizens import TooManyTries
from services.console.desk import desk_of
from services.console.pages.citizen.progress import progress_of
from services.console.pages.citizen.rendering import ENTRANCE, PROGRESS, SIZE_COOKIE
from services.console.pages.citizen.visiting import CARD, asking, refuse_others, whence, with_card
from services.console.pages.door import A_YEAR, KEPT
from services.console.pages.inside import fields_of
from services.console.people.attempts import PAUSE

router = APIRouter(include_in_schema=False)


@router.get("/t")
async def ask(request: Request) -> Response:
    """The form."""
    return asking(request)


@router.post("/t")
async def enter(request: Request) -> Response:
    """Let in; with what they had written, if their half hour was over. A wrong number and a wrong code are one."""
    refuse_others(request)
    typed = await fields_of(request)
    number = typed.get("number", "")
    kept = {name.removeprefix(KEPT): text for name, text in typed.items() if name.startswith(KEPT)}
    try:
        visit = await desk_of(request).citizens.enter(number, typed.get("code", ""), whence(request))
    except TooManyTries:
        paused = asking(request, "citizen.paused", 429, number, kept)
        paused.headers["Retry-After"] = str(int(PAUSE.total_seconds()))
        return paused
    if visit is None:
        return asking(request, "citizen.wrong", 403, number, kept)
    answer = await progress_of(request, visit, typed=kept) if kept else RedirectResponse(PROGRESS, 303)
    return with_card(request, answer, visit)


@router.post("/t/leave")
async def leave(request: Request) -> Response:
    """Give the card back: the next one at this computer sees nothing."""
    refuse_others(request)
    answer = RedirectResponse(ENTRANCE, 303)
    answer.delete_cookie(CARD, path=ENTRANCE, httponly=True, samesite="lax")
    return answer


@router.get("/t/size/{size}")
async def size(size: Literal["standard", "large"], at: str = ENTRANCE) -> Response:
    """Remember how large letters are to be and go back."""
    answer = RedirectResponse(PROGRESS if at == PROGRESS else ENTRANCE, 303)
    answer.set_cookie(SIZE_COOKIE, size, max_age=A_YEAR, path=ENTRANCE, samesite="lax")
    return answer
