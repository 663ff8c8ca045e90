"""A screen as HTML: its template, the words of the reader's language, and headers that let nothing else in."""

from datetime import UTC, datetime
from pathlib import Path

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.console.accounts import Account
from services.console.pages import shown
from services.console.words import LANGUAGES, Language, Words

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
LANGUAGE_COOKIE = "huiyin_language"
POLICY = "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'"
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Cookie",
}


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = Words(language)
    environment.globals |= {
        "t": words,
        "moment": shown.moment,
        "span": lambda length: shown.span(words, length),
        "citizen_clock": shown.citizen_clock,
        "unit_clock": shown.unit_clock,
    }
    environment.filters["visible"] = shown.visible
    return environment


ENVIRONMENTS = {language: _environment(language) for language in LANGUAGES}


def language_of(request: Request) -> Language:
    """What the reader chose; Chinese where they did not."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return next((language for language in LANGUAGES if language == chosen), "zh")


def html(
    request: Request,
    screen: str,
    *,
    caller: Account | None = None,
    csrf: str = "",
    status: int = 200,
    **given: object,
) -> Response:
    """``templates/screens/<screen>.html``; ``csrf`` goes into its forms."""
    template = ENVIRONMENTS[language_of(request)].get_template(f"screens/{screen}.html")
    page = template.render(
        caller=caller,
        csrf=csrf,
        here=here(request),
        now=datetime.now(UTC),
        assets=request.app.state.built.addresses,
        **given,
    )
    return Response(page, status, HEADERS)


def here(request: Request) -> str:
    """The page's address within the console."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
