"""Who may come in: the cookie's login and its role; a write also brings the page's own token."""

import hmac
from collections.abc import Iterable
from hashlib import sha256
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from services.console import cursors
from services.console.api.callers import EVERY_ROLE, HOTLINE, Only
from services.console.desk import desk_of
from services.console.freshness import Token
from services.console.people import trespasses
from services.console.people.accounts import Account
from shared.book import COMMAND_LIMIT
from shared.problems import Problem

COOKIE = "huiyin_login"
CSRF_FIELD = "_csrf"
CSRF_HEADER = "x-csrf-token"
FIELDS = 600
"""Most fields of a form: a queue's page has 500 rows that can be ticked."""


class NotLoggedIn(Exception):
    """There is no login, or it is over; ``typed`` is what was posted, to be shown again."""

    def __init__(self, typed: dict[str, str]) -> None:
        super().__init__()
        self.typed = typed


class Inside(Only):
    """The dependency that lets these roles in by their login and gives the account.

    A page with ``?token=`` is shown once the views have reached it: people see what they just did (design §7).
    ``request.state.since`` is how far they are then: from there on the page's stream tells what changed.
    """

    async def __call__(self, request: Request) -> Account:
        typed = await self.typed(request) if request.method == "POST" else {}
        request.state.kept = typed
        account = await desk_of(request).logins.holder(token_of(request))
        if account is None:
            raise NotLoggedIn(typed)
        request.state.account = account
        if token := request.query_params.get("token"):
            await desk_of(request).freshness.reached(Token.parse(token))
        request.state.since = cursors.written(desk_of(request).freshness.places())
        if request.method == "POST":
            _refuse_forged(request, typed)
        self.admit(request, account)
        await trespasses.keep(request, account, trespasses.named(typed))
        return account

    async def typed(self, request: Request) -> dict[str, str]:
        """What was posted."""
        return await fields_of(request)


async def fields_of(request: Request) -> dict[str, str]:
    """The fields of a posted form. Raises Problem 413 or 400."""
    taken = bytearray()
    async for piece in request.stream():
        taken += piece
        if len(taken) > COMMAND_LIMIT:
            raise Problem(413, "body_too_large", "内容过长。", "That is too long.")
    try:
        typed = parse_qsl(taken.decode(), keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        raise Problem(400, "malformed_body", "表单无法读取。", "The form cannot be read.") from None
    return folded(request, typed)


def folded(request: Request, typed: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Fields by name, kept with the request; a name that came several times has a line each.

    Browsers end every line with two characters, where the page's own limits count one.
    """
    fields: dict[str, str] = {}
    for name, sent in typed:
        text = sent.replace("\r\n", "\n")
        fields[name] = f"{fields[name]}\n{text}" if name in fields else text
    request.state.fields = fields
    return fields


def refuse_foreign(request: Request) -> None:
    """Raises Problem 403 for a form that another site sent; browsers name where a form comes from."""
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
        raise _forged()


def _refuse_forged(request: Request, typed: dict[str, str]) -> None:
    refuse_foreign(request)
    brought = typed.get(CSRF_FIELD) or request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(brought.encode(), csrf_of(request).encode()):
        raise _forged()


def _forged() -> Problem:
    zh, en = "页面已过期,没有记录任何内容。", "The page is out of date; nothing was recorded."
    return Problem(403, "csrf_refused", zh, en)


def token_of(request: Request) -> str:
    """The login's token; empty for none."""
    return request.cookies.get(COOKIE, "")


def csrf_of(request: Request) -> str:
    """What the forms of this login's pages carry: other sites can neither read nor guess it."""
    return csrf_from(token_of(request))


def csrf_from(token: str) -> str:
    """The same of a login that just began."""
    return sha256(b"csrf " + token.encode("utf-8", "surrogateescape")).hexdigest()


Anyone = Annotated[Account, Depends(Inside(*EVERY_ROLE))]
AtTheHotline = Annotated[Account, Depends(Inside(*HOTLINE))]
AtTheDesk = Annotated[Account, Depends(Inside("operator"))]
AtAUnit = Annotated[Account, Depends(Inside("unit"))]
Overseer = Annotated[Account, Depends(Inside("supervisor", "auditor"))]
