"""单件·时点: exactly what was known of a ticket after one of its entries, and what has changed since.

The same address gives the same page for as long as nothing new happens to the ticket, whatever becomes of the views:
it is folded from the ticket's own entries, and tells no time but theirs.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from msgspec import json
from starlette.responses import RedirectResponse

from services.console.advice.terms import calendar_of
from services.console.days import minute
from services.console.desk import Desk, desk_of
from services.console.freshness import Token
from services.console.pages.inside import Anyone
from services.console.pages.rendering import page
from services.console.pages.ticket import Clock, steps
from services.console.pages.timeline import Line
from services.console.people.accounts import Account
from services.console.proof.as_of import AsOf, Place, as_of, changed, last_before, last_by
from services.console.proof.record import RecordAway
from shared.problems import Problem
from shared.sealing import SealingError
from shared.ticket.refusals import refuse
from shared.ticket.words import Sealed
from shared.views.fold import Opener
from shared.views.masking import masked
from shared.views.placed import Placed, place

router = APIRouter(include_in_schema=False)

MINUTE = timedelta(minutes=1)
Typed = Annotated[datetime | None, Query()]


@router.get("/tickets/{ticket}/as-of")
async def ticket_as_of(
    request: Request, caller: Anyone, ticket: str, asof: str | None = None, at: Typed = None
) -> Response:
    """The ticket after the entry ``asof`` (``partition:source``); ``at``, a minute of Beijing, leads to its last one.

    Without either it is the latest entry. Before the first there is nothing to show, and the page says so.
    """
    desk = desk_of(request)
    token = Token.parse(asof) if asof else None
    if token is not None:
        await desk.freshness.reached(token)
    places = await desk.auditing.places(caller, ticket)
    if not places:
        raise Problem.refused(refuse("unknown_ticket"))
    index = _index(places, token, at)
    if at is not None and index >= 0:
        return RedirectResponse(f"?{urlencode({'asof': str(places[index])})}", 303)
    return await _shown(request, desk, caller, ticket, places, index)


def _index(places: list[Place], token: Token | None, at: datetime | None) -> int:
    """Which of the entries is meant; -1 before the first. Raises Problem 400 for a place in another partition."""
    if token is not None and token.partition != places[0].partition:
        zh, en = (
            f"此件的记录在分区 {places[0].partition}。",
            f"This ticket's entries lie in partition {places[0].partition}.",
        )
        raise Problem(400, "invalid_token", zh, en, field="asof")
    if at is not None:
        return last_before(places, minute(at) + MINUTE)
    return last_by(places, token.source) if token else len(places) - 1


async def _shown(
    request: Request, desk: Desk, caller: Account, ticket: str, places: list[Place], index: int
) -> Response:
    entries, opened = await _read(desk, ticket, places)
    now = as_of(ticket, entries, opened)
    then = as_of(ticket, entries[: index + 1], opened)
    at = places[max(index, 0)]
    names = await desk.auditing.names_by(caller, at)
    calendar = calendar_of(caller.jurisdiction, at.at, await desk.policies.known())
    return await page(
        request,
        caller,
        "auditor/as_of",
        names=names,
        ticket=ticket,
        places=places,
        index=index,
        at=at,
        then=then.row,
        current=now.row,
        steps=steps(then.row.stage) if then.row else [],
        clocks=[(clock, clock.shown(at.at, calendar)) for clock in _clocks(then)],
        lines=_lines(then),
        later=_lines(now)[len(then.lines) :],
        changed=changed(then.row, now.row) if then.row and now.row else [],
    )


def _clocks(state: AsOf) -> list[Clock]:
    return json.decode(json.encode(state.clocks), type=list[Clock])


def _lines(state: AsOf) -> list[Line]:
    return json.decode(json.encode(state.lines), type=list[Line])


async def _read(desk: Desk, ticket: str, places: list[Place]) -> tuple[list[Placed], Opener]:
    """The ticket's entries as the record has them, each true to its own digest, and how their titles are opened."""
    try:
        records = await desk.record.at(places[0].partition, [place.offset for place in places])
    except RecordAway:
        zh, en = "记录暂时读不到,请稍后再试。", "The record cannot be read now: try again."
        raise Problem(503, "record_away", zh, en, headers={"Retry-After": "5"}) from None
    for record, at in zip(records, places, strict=True):
        if sha256(record.value).digest() != dict(record.headers).get("digest"):
            zh, en = f"条目 {at} 与其指纹不符。", f"The entry {at} is not what its hash says."
            raise Problem(500, "damaged_entry", zh, en)
    keys = await desk.keyring.existing([ticket])

    def opened(_: str, title: Sealed) -> str | None:
        try:
            return masked(keys[ticket].open("title", title))
        except (KeyError, SealingError, UnicodeDecodeError):
            return None

    return [place(record.partition, record.offset, record.value) for record in records], opened
