"""What a request gets that cannot be done: ``application/problem+json`` with a stable code (RFC 9457).

{"type": "urn:huiyin:problem:unknown_field", "title": "Bad Request", "status": 400, "code": "unknown_field",
 "field": "orders[3].xyz", "detail": "…Chinese…", "detail_en": "…English…"}
"""

from collections.abc import Mapping
from http import HTTPStatus

import structlog
from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from msgspec import json
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response

from shared.ticket.refusals import Refusal

log = structlog.get_logger()

TYPE = "application/problem+json"
OF_REFUSALS = {
    "unknown_ticket": 404,
    "not_your_role": 403,
    "not_your_unit": 403,
    "not_holding": 403,
    "look_not_allowed": 403,
    "command_too_large": 413,
    "entry_too_large": 413,
}
"""HTTP status of a refusal by the ledger; 409 for every other."""


class Problem(Exception):
    """An answer other than success: what is wrong, in both languages and without personal data."""

    def __init__(
        self,
        status: int,
        code: str,
        zh: str,
        en: str,
        *,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.zh, self.en, self.field = status, code, zh, en, field
        self.headers = headers or {}

    @classmethod
    def refused(cls, refusal: Refusal) -> "Problem":
        """The ledger's refusal, in its own words."""
        return cls(OF_REFUSALS.get(refusal.code, 409), refusal.code, refusal.zh, refusal.en)

    def body(self) -> dict[str, object]:
        """The members of the JSON object; ``field`` only where one is to blame."""
        members: dict[str, object] = {
            "type": f"urn:huiyin:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.zh,
            "detail_en": self.en,
        }
        return members | ({"field": self.field} if self.field else {})

    def response(self) -> Response:
        """As an HTTP response."""
        return Response(json.encode(self.body()), self.status, self.headers, TYPE)


def with_problems(app: FastAPI) -> FastAPI:
    """The app with every error answered as a problem: ours, FastAPI's own, and what nobody expected."""

    @app.exception_handler(Problem)
    async def ours(_request: Request, problem: Problem) -> Response:
        return problem.response()

    @app.exception_handler(StarletteHTTPException)
    async def http(_request: Request, error: HTTPException) -> Response:
        phrase = HTTPStatus(error.status_code).phrase
        code = phrase.lower().replace(" ", "_")
        return Problem(
            error.status_code, code, f"请求无法处理: {phrase}", phrase, headers=error.headers
        ).response()

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        field = ".".join(str(step) for step in first["loc"])
        return Problem(
            400, "invalid_field", "字段不合规定", f"the field is not valid: {first['type']}", field=field
        ).response()

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        log.error(
            "request failed", action="request_failed", path=request.url.path, error=type(error).__name__
        )
        zh, en = "系统内部错误,请稍后重试。", "An error of ours: try again later."
        return Problem(500, "internal_error", zh, en).response()

    return app
