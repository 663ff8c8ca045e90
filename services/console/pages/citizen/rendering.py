"""The citizen's pages as HTML: small, without scripts, asking no other host, read by no search engine."""

from fastapi import Request, Response

from services.console.names import Names
from services.console.pages.rendering import html, language_of, with_names
from services.console.words import Words

ENTRANCE, PROGRESS, RATING, DISPUTE = "/t", "/t/progress", "/t/rating", "/t/dispute"
SIZE_COOKIE = "huiyin_size"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


def shown(
    request: Request,
    screen: str,
    *,
    at: str,
    names: Names | None = None,
    status: int = 200,
    **given: object,
) -> Response:
    """``templates/screens/citizen/<screen>.html``; ``at`` is where a choice of language or size leads back to."""
    large = request.cookies.get(SIZE_COOKIE) == "large"
    with_names(names or {})
    answer = html(
        request,
        f"citizen/{screen}",
        caller=None,
        csrf="",
        status=status,
        at=at,
        large=large,
        **given,
    )
    answer.headers.update(HEADERS)
    return answer


def is_theirs(request: Request) -> bool:
    """Whether the page that was asked for is a citizen's."""
    return request.url.path == ENTRANCE or request.url.path.startswith(f"{ENTRANCE}/")


def in_their_words(request: Request, code: str, said: str) -> str:
    """What went wrong as a citizen is told; ``said`` where there is nothing better for the code."""
    t = Words(language_of(request))
    return t.of("sorry", code) if t.has("sorry", code) else said


def trouble(request: Request, status: int, said: str, code: str) -> Response:
    """Where a page cannot be shown: what was typed is shown again, and one press sends it again."""
    form = request.url.path if request.url.path in (RATING, DISPUTE) else None
    kept = getattr(request.state, "fields", {}) if form else {}
    said = in_their_words(request, code, said)
    return shown(request, "trouble", at=ENTRANCE, status=status, said=said, form=form, kept=kept)
