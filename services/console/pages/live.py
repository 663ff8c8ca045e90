"""The stream of an open page, and the parts of pages that it carries."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import get_args

from fastapi import APIRouter, Request, Response
from msgspec import json
from starlette.responses import StreamingResponse

from services.console import cursors
from services.console.desk import desk_of
from services.console.lists.listing import listing_at
from services.console.live.hub import Hub
from services.console.live.parts import News
from services.console.live.presence import Present
from services.console.live.streams import ListName, Shows, Stream
from services.console.names import Names
from services.console.pages.inside import Anyone, token_of
from services.console.pages.rendering import language_of, part
from services.console.pages.shown import clock_time
from services.console.people.accounts import Account
from services.console.policies import PolicyBook
from services.console.queries import QUEUE_LIMIT, Queue
from services.console.rows import TicketRow
from services.console.words import Language, Words
from shared.problems import Problem

router = APIRouter(include_in_schema=False)

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}
"""A proxy in front must pass each message on at once."""
MOST_LISTS = 8
"""Lists of a page."""
LISTS: tuple[ListName, ...] = (*get_args(Queue), "inbox")


@router.post("/live")
async def live(request: Request, caller: Anyone) -> Response:
    """What changes of what a page shows, as Server-Sent Events; posted, because a page shows hundreds of tickets.

    Fields: ``tickets`` ids of rows, ``select`` the form that their ticks belong to, ``own`` those that the page shows
    in its own way, ``lists`` names of queues, ``ticket`` the one that the page is about, ``since`` the page's cursor,
    before which goes Last-Event-ID after a break; of a list that is no queue its address. What the caller may not know
    of is left out without a word.
    """
    asked, desk = request.state.fields, desk_of(request)
    since = cursors.read(request.headers.get("last-event-id") or asked.get("since"), desk.settings.partitions)
    lists = _lists(caller, asked.get("lists", "").split())
    shows = Shows(lists, asked.get("ticket") or None, asked.get("select") or None)
    stream = Stream(caller, token_of(request), language_of(request), shows)
    told = _told(desk.live, stream, _ids(asked, "tickets"), _ids(asked, "own"), since)
    return StreamingResponse(told, media_type="text/event-stream", headers=HEADERS)


def _lists(caller: Account, wanted: list[str]) -> list[ListName]:
    """Those that the caller can open."""
    offered = LISTS[-1:] if caller.unit else LISTS[:-1]
    return [name for name in dict.fromkeys(wanted) if name in offered or _opens(caller, name)][:MOST_LISTS]


def _opens(caller: Account, address: str) -> bool:
    try:
        listing_at(caller, address)
    except Problem:
        return False
    return True


def _ids(asked: dict[str, str], name: str) -> set[str]:
    return set(asked.get(name, "").split()[:QUEUE_LIMIT])


async def _told(
    hub: Hub, stream: Stream, tickets: set[str], own: set[str], since: cursors.Read
) -> AsyncIterator[str]:
    try:
        await hub.open(stream, tickets, own, since)
        async for message in stream.messages():
            yield message
    finally:
        hub.close(stream)


class PageParts:
    """The parts, from ``templates/live``. What is left of a row's terms is counted by the policies read last."""

    def __init__(self, policies: PolicyBook) -> None:
        self._policies = policies

    def row(self, language: Language, names: Names, row: TicketRow, select: str | None) -> str:
        """A ticket's row of a list, perhaps to be ticked for the form ``select``."""
        return part(language, names, "row", self._policies.latest, row=row, select=select)

    def news(self, language: Language, names: Names, news: News) -> str:
        """The bar on a ticket's page that says what happened."""
        return part(language, names, "news", news=news)

    def present(self, language: Language, names: Names, present: tuple[Present, ...]) -> str:
        """Who else is at the ticket."""
        return part(language, names, "present", present=present)

    def as_of(self, language: Language, at: datetime, behind: float) -> str:
        """How old what the page shows is: the sentence, and the time alone, as its script takes them."""
        said = Words(language)("live.as_of_behind", at=clock_time(at), behind=f"{behind:.1f}")
        return json.encode({"said": said, "at": clock_time(at)}).decode()
