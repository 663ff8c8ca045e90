"""Whoever was let in comes back with a card, a cookie of this page alone; it proves itself and is stored nowhere."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hmac import compare_digest

from fastapi import Request, Response

from services.console.citizen.citizens import STAY, Visit
from services.console.desk import desk_of
from services.console.pages.citizen.rendering import ENTRANCE, shown
from services.console.pages.door import KEPT, is_https
from services.console.pages.inside import CSRF_FIELD, refuse_foreign
from shared.problems import Problem

CARD = "huiyin_ticket"


async def back(request: Request) -> Visit | None:
    """Who comes back; None where the half hour is over."""
    card = request.cookies.get(CARD, "")
    return await desk_of(request).citizens.back(card, datetime.now(UTC))


def with_card(request: Request, answer: Response, visit: Visit) -> Response:
    """The answer, with half an hour from now on."""
    answer.set_cookie(
        CARD,
        visit.card(datetime.now(UTC)),
        max_age=int(STAY.total_seconds()),
        path=ENTRANCE,
        httponly=True,
        samesite="lax",
        secure=is_https(request),
    )
    return answer


def asking(
    request: Request,
    said: str | None = None,
    status: int = 200,
    number: str = "",
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The form for number and code; ``typed`` is what was written when the half hour was over, and comes through."""
    kept = {name: text for name, text in (typed or {}).items() if name != CSRF_FIELD}
    return shown(
        request, "enter", at=ENTRANCE, status=status, said=said, number=number, kept=kept, prefix=KEPT
    )


def refuse_others(request: Request) -> None:
    """Raises Problem 403 for a form that another site sent. A page without referrer sends its forms from ``null``."""
    if request.headers.get("origin") != "null":
        refuse_foreign(request)


def refuse_forged(request: Request, visit: Visit, typed: Mapping[str, str]) -> None:
    """Raises Problem 403 for a form that does not carry what only this ticket's pages carry."""
    refuse_others(request)
    if not compare_digest(visit.form.encode(), typed.get(CSRF_FIELD, "").encode()):
        zh, en = "页面已过期,没有记录任何内容。", "The page is out of date; nothing was recorded."
        raise Problem(403, "csrf_refused", zh, en)


def whence(request: Request) -> str:
    """Where a request comes from, as far as can be known: what the nearest proxy saw, else the other end."""
    passed = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return passed or (request.client.host if request.client else "")
