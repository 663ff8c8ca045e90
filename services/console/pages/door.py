"""The front door: log in, log out here or everywhere, choose the language."""

from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from services.console.desk import desk_of
from services.console.pages.inside import (
    COOKIE,
    Anyone,
    NotLoggedIn,
    csrf_from,
    fields_of,
    refuse_foreign,
    token_of,
)
from services.console.pages.rendering import LANGUAGE_COOKIE, here, html, with_names
from services.console.people.logins import LONGEST, TooManyTries
from services.console.words import LANGUAGES
from shared.problems import Problem

router = APIRouter(include_in_schema=False)

KEPT = "kept."
"""Begins the names of fields that were typed when the login was over, and come through the login with it."""
A_YEAR = 365 * 24 * 3600


@router.get("/login")
async def login(request: Request, next: str = "/") -> Response:
    """The form."""
    return html(request, "login", next=local(next), kept={}, said=None)


@router.post("/login")
async def enter(request: Request) -> Response:
    """Let in and lead to where they wanted to be; with what they had typed, if their login was over."""
    refuse_foreign(request)
    typed = await fields_of(request)
    onward = local(typed.get("next", "/"))
    kept = {name.removeprefix(KEPT): text for name, text in typed.items() if name.startswith(KEPT)}
    try:
        token = await desk_of(request).logins.enter(typed.get("name", ""), typed.get("password", ""))
    except TooManyTries:
        return html(request, "login", status=429, next=onward, kept=kept, said="login.paused")
    if token is None:
        return html(request, "login", status=403, next=onward, kept=kept, said="login.wrong")
    return await _let_in(request, token, onward, kept)


async def _let_in(request: Request, token: str, onward: str, kept: dict[str, str]) -> Response:
    csrf = csrf_from(token)
    if kept and (account := await desk_of(request).logins.holder(token)):
        with_names(await desk_of(request).names.of(account))
    answer = html(request, "resume", csrf=csrf, next=onward, kept=kept) if kept else _see(onward)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=is_https(request),
    )
    return answer


@router.post("/logout")
async def leave(request: Request, _caller: Anyone) -> Response:
    """End this login."""
    await desk_of(request).logins.leave(token_of(request))
    return _left()


@router.post("/logout/everywhere")
async def leave_everywhere(request: Request, caller: Anyone) -> Response:
    """End every login of this account."""
    await desk_of(request).logins.leave_everywhere(caller.id)
    return _left()


@router.get("/language/{language}")
async def language(language: str, next: str = "/") -> Response:
    """Remember the language and go back."""
    if language not in LANGUAGES:
        raise Problem(404, "not_found", "没有这种语言。", "There is no such language.")
    answer = _see(local(next))
    answer.set_cookie(LANGUAGE_COOKIE, language, max_age=A_YEAR, samesite="lax")
    return answer


async def ask_to_log_in(request: Request, outside: Exception) -> Response:
    """What somebody gets whose login is over: the form, with what they typed behind it."""
    assert isinstance(outside, NotLoggedIn)  # noqa: S101
    if request.method == "GET":
        to = f"/login?next={quote(here(request), safe='/')}"
        if "hx-request" in request.headers:
            return Response(status_code=204, headers={"HX-Redirect": to})
        return _see(to)
    if "hx-request" in request.headers:
        return in_place(html(request, "expired", status=401))
    kept = {name: text for name, text in outside.typed.items() if not name.startswith("_csrf")}
    said = "login.expired"
    onward = local(here(request)) if kept else "/"
    return html(request, "login", status=401, next=onward, kept=kept, said=said)


def in_place(said: Response) -> Response:
    """A sentence in front of the part of a page that asked: what is typed there stays."""
    said.headers["HX-Reswap"] = "afterbegin"
    return said


def _left() -> Response:
    answer = _see("/login")
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return answer


def _see(address: str) -> Response:
    return RedirectResponse(address, 303)


def local(address: str) -> str:
    """The address if it lies within the console; else the home page."""
    inside = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if inside and address.isprintable() else "/"


def is_https(request: Request) -> bool:
    """Whether the browser came by TLS, here or at the proxy in front."""
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))
