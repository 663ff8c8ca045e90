"""越界: who asks for another's ticket learns that there is none, or that it is not theirs, and is kept (issue 4)."""

from collections.abc import Iterable, Mapping

from fastapi import FastAPI, Request, Response

from services.console.desk import desk_of
from services.console.people.accounts import Account
from shared.problems import Problem

TICKED = "ticket."
"""Begins the names of the boxes of a list (components/ticket_row.html); the rest is the ticket's id."""
NAMING = ("ticket", "tickets", "own")
"""The fields of forms that name tickets, one or several."""
NOT_THEIRS = ("not_the_lead", "not_holding", "not_your_role")
"""Why a page of a ticket is refused to who may know of it, or any address of it to their role. The ledger hears
nothing of it, while a command that it refuses stands in the ticket's own record."""
BY_ITSELF = ("/live", "/entries/{partition}/{source}")
"""Where no guess is needed: a page asks again for what it shows, which may be hidden from its reader by now, every
time that its stream breaks; and the chain leads to others' entries, of which hashes are shown."""


def with_trespasses(app: FastAPI) -> FastAPI:
    """The app that keeps askings by address, of its pages and of its API, before it answers."""

    @app.exception_handler(Problem)
    async def kept(request: Request, problem: Problem) -> Response:
        caller: Account | None = getattr(request.state, "caller", None)
        ticket = request.path_params.get("ticket")
        if caller and ticket and problem.code == "unknown_ticket":
            await keep(request, caller, [ticket])
        elif caller and ticket and problem.code in NOT_THEIRS and not _told_the_ledger(request):
            await desk_of(request).auditing.barred(caller, ticket, _address(request))
        return problem.response()

    return app


async def keep(request: Request, caller: Account, tickets: Iterable[str]) -> None:
    """Keep that the caller asked for those of the tickets that are there and that they may not know of.

    Every asking is kept; of those BY_ITSELF one of a person, ticket and place for as long as a login may last.
    """
    if asked := sorted(set(tickets)):
        once = request.scope["route"].path in BY_ITSELF
        await desk_of(request).auditing.trespassed(caller, asked, _address(request), once)


def named(typed: Mapping[str, str]) -> set[str]:
    """The tickets that a form names."""
    ticked = [name.removeprefix(TICKED) for name in typed if name.startswith(TICKED)]
    return {*ticked, *[ticket for name in NAMING for ticket in typed.get(name, "").split()]}


def _told_the_ledger(request: Request) -> bool:
    """Whether the refusal may be the ledger's word: the API's forms go to it as soon as their sender is let in."""
    return request.url.path.startswith("/api/") and bool(request.state.admitted)


def _address(request: Request) -> str:
    """As its route is written, never what was typed there."""
    return f"{request.method} {request.scope['route'].path}"
