"""A screen as HTML: its template, the words of the reader's language, and headers that let nothing else in.

``page`` for whoever is logged in, ``html`` for everyone else. Templates call a code by its name with
``called("unit", row.lead)``; of a closed set (a stage, a grade) the catalogue has the word: ``t.of("stage", …)``.
"""

from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.console.advice.terms import calendar_of, unit_clock_of
from services.console.asking.forms import MOST_FILES
from services.console.attachments.attached import ENDINGS, attached, carried, carried_in
from services.console.desk import desk_of
from services.console.lists.newest import MOST_AT_ONCE
from services.console.names import Names
from services.console.pages import shown
from services.console.pages.again import again
from services.console.pages.columns import COLUMNS, Reader, badges
from services.console.pages.fields import SOLVED
from services.console.pages.inside import csrf_of
from services.console.pages.keys import KEYS, OF_ACTIONS, PLACES, USUAL
from services.console.pages.listed import filter_choices, narrowed, title
from services.console.pages.navigation import links_for
from services.console.pages.sheets import sheet_of
from services.console.paper.papers import forms_for
from services.console.people.accounts import Account
from services.console.words import LANGUAGES, Language, Words
from services.console.workplace.saved_views import audiences
from shared.attachments import LARGEST
from shared.policy.documents import Policies

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
LANGUAGE_COOKIE = "huiyin_language"
Preference = Literal["sound", "keys"]
"""What a reader can switch off: the sound of new tickets, the keys."""
POLICY = "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'"
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Cookie",
}


_names: ContextVar[Names] = ContextVar("names", default={})  # noqa: B039  nobody changes it
"""The names of the page that is being rendered; macros that are imported see globals only."""

_policies: ContextVar[Policies] = ContextVar("policies", default=Policies())  # noqa: B039  immutable
"""The policies by which the page's rows count what is left of their terms."""


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
        "called": lambda kind, code: _called(language, kind, code),
        "moment": shown.moment,
        "clock_time": shown.clock_time,
        "local_now": shown.local_now,
        "grouped": shown.grouped,
        "printable": forms_for,
        "most_at_once": MOST_AT_ONCE,
        "audiences": audiences,
        "day": lambda at: shown.day(words, at),
        "dated": lambda at: shown.dated(words, at),
        "term": lambda length: shown.term(words, length),
        "clipped": shown.clipped,
        "span": lambda length: shown.span(words, length),
        "badges": lambda row: badges(row, words),
        "ticket_columns": tuple(COLUMNS),
        "key_table": KEYS,
        "key_places": PLACES,
        "usual_keys": USUAL,
        "solved_answers": SOLVED,
        "key_of": OF_ACTIONS.get,
        "again": again,
        "own_columns": lambda listing: tuple(sheet_of(listing).columns),
        "filter_choices": lambda: filter_choices(_names.get()),
        "title_of": lambda listing: title(listing, _reader(language)),
        "narrowed": lambda listing: narrowed(listing, _reader(language)),
        "lasting": lambda length: shown.lasting(words, length),
        "unit_clock_at": lambda row: f"clock-{unit_clock_of(row)}-{row.round}",
        "calendar_at": lambda row, now: calendar_of(row.jurisdiction, now, _policies.get()),
        "remaining": lambda due: shown.remaining(words, due),
        "citizen_clock": lambda row, now: shown.citizen_clock(row, now, _policies.get()),
        "unit_clock": lambda row, now: shown.unit_clock(row, now, _policies.get()),
        "attached": attached,
        "carried": carried,
        "carried_in": carried_in,
        "file_size": shown.file_size,
        "most_files": MOST_FILES,
        "largest_file": LARGEST // 1024**2,
        "file_kinds": ",".join(ENDINGS),
        "by": lambda due: shown.by(words, due),
        "why": lambda refused: shown.why(words, refused),
    }
    environment.filters["visible"] = shown.visible
    environment.filters["in_beijing"] = shown.in_beijing
    return environment


def _called(language: Language, kind: str, code: str | None) -> str:
    """A code that no policy names, such as one of another system's past, is called by itself."""
    name = _names.get().get((kind, code or ""))
    if name is None:
        return code or ""
    return name.zh if language == "zh" else name.en or name.zh


ENVIRONMENTS = {language: _environment(language) for language in LANGUAGES}


def language_of(request: Request) -> Language:
    """What the reader chose; Chinese where they did not."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return next((language for language in LANGUAGES if language == chosen), "zh")


def wants(request: Request, preference: Preference) -> bool:
    """Whether the reader has it on; it is, where this browser's cookie does not say otherwise."""
    return request.cookies.get(f"huiyin_{preference}") != "off"


async def reader_for(request: Request, caller: Account) -> Reader:
    """The caller's words and names, for what is told outside a template."""
    _names.set(await desk_of(request).names.of(caller))
    _policies.set(await desk_of(request).policies.known())
    return _reader(language_of(request))


def with_names(names: Names) -> None:
    """What codes are called on the page that is rendered next."""
    _names.set(names)


def _reader(language: Language) -> Reader:
    return Reader(Words(language), partial(_called, language), datetime.now(UTC), _policies.get())


async def page(
    request: Request,
    caller: Account,
    screen: str,
    *,
    status: int = 200,
    names: Names | None = None,
    reads_at: str = "",
    **given: object,
) -> Response:
    """``html`` for the caller: with the names of their jurisdiction, their links, and their forms' token.

    names     what codes were called at another time
    reads_at  of a page that answers a form: the address where it can be read without sending the form again
    """
    _names.set(await desk_of(request).names.of(caller) if names is None else names)
    _policies.set(await desk_of(request).policies.known())
    if request.method == "POST" and reads_at:
        given |= {"here": reads_at, "reads_at": reads_at}
    return html(request, screen, caller=caller, csrf=csrf_of(request), status=status, **given)


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
        links=links_for(caller) if caller else [],
        csrf=csrf,
        now=datetime.now(UTC),
        assets=request.app.state.built.addresses,
        wants=lambda preference: wants(request, preference),
        since=getattr(request.state, "since", ""),
        **{"here": here(request), "reads_at": "", **given},
    )
    return Response(page, status, HEADERS)


def part(
    language: Language, names: Names, template: str, policies: Policies | None = None, **given: object
) -> str:
    """``templates/live/<template>.html``: a part of pages, for streams."""
    _names.set(names)
    _policies.set(policies or Policies())
    given |= {"now": datetime.now(UTC)}
    return ENVIRONMENTS[language].get_template(f"live/{template}.html").render(**given)


def here(request: Request) -> str:
    """The page's address within the console."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
