"""越界: who asks for another's ticket by its address is told that there is none, and the asking is kept (issue 4)."""

from fastapi import FastAPI, Request, Response

from services.console.accounts import Account
from services.console.desk import desk_of
from shared.problems import Problem


def with_trespasses(app: FastAPI) -> FastAPI:
    """The app that keeps such askings, of its pages and of its API, before it answers."""

    @app.exception_handler(Problem)
    async def kept(request: Request, problem: Problem) -> Response:
        caller: Account | None = getattr(request.state, "caller", None)
        asked = {**getattr(request.state, "fields", {}), **request.path_params}
        ticket = asked.get("ticket")
        if problem.code == "unknown_ticket" and caller and ticket:
            address = f"{request.method} {request.scope['route'].path}"
            await desk_of(request).auditing.trespassed(caller, ticket, address)
        return problem.response()

    return app
