"""What a person sees where a page cannot be shown; the API's callers get the same as JSON."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from msgspec import json

from services.console.desk import desk_of
from services.console.pages import citizen
from services.console.pages.again import written
from services.console.pages.door import ask_to_log_in, in_place
from services.console.pages.inside import NotLoggedIn
from services.console.pages.kept import text_of
from services.console.pages.rendering import here, html, language_of, with_names
from shared.problems import TYPE, Problem

Handler = Callable[[Request, Any], Response | Awaitable[Response]]
UNAVAILABLE = 503
"""What is away comes back: the form is offered again as it was typed. Of any other problem its text is shown."""
NOT_PAGES = ("/api", "/healthz", "/readyz", "/metrics", "/openapi.json", "/assets/")


def with_pages(app: FastAPI) -> FastAPI:
    """The app whose pages tell in HTML what its API tells in JSON; its handlers of errors are there already."""
    for kind, handler in list(app.exception_handlers.items()):
        app.add_exception_handler(kind, _in_html(handler))
    app.add_exception_handler(NotLoggedIn, ask_to_log_in)
    return app


def _problem(request: Request, refused: Problem) -> Response:
    kept = getattr(request.state, "kept", {})
    text = written(here(request), kept)
    account = getattr(request.state, "account", None)
    with_names(desk_of(request).names.remembered(account.jurisdiction) if account else {})
    return html(
        request,
        "problem",
        status=refused.status,
        here=here(request) if request.method == "GET" else "/",
        posted=here(request),
        refused=refused,
        kept=kept,
        text=text,
        again=bool(text_of(kept)) and refused.status == UNAVAILABLE,
    )


def _in_html(handler: Handler) -> Handler:
    async def handled(request: Request, error: Exception) -> Response:
        answer = handler(request, error)
        if not isinstance(answer, Response):
            answer = await answer
        if request.url.path.startswith(NOT_PAGES) or answer.media_type != TYPE:
            return answer
        told = json.decode(bytes(answer.body))
        refused = Problem(answer.status_code, told["code"], told["detail"], told["detail_en"])
        if request.method == "POST" and "hx-request" in request.headers:
            return in_place(html(request, "refused", status=refused.status, refused=refused))
        if citizen.is_theirs(request):
            said = refused.zh if language_of(request) == "zh" else refused.en
            page = citizen.trouble(request, refused.status, said, refused.code)
        else:
            page = _problem(request, refused)
        if wait := answer.headers.get("retry-after"):
            page.headers["Retry-After"] = wait
        return page

    return handled
