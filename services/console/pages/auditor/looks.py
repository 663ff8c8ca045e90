"""查看记录: who opened which sealed field and what for; and who asked for tickets that are not theirs to know."""

from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from services.console.api.reading import Before
from services.console.desk import desk_of
from services.console.lists.listing import listing, lists_of
from services.console.pages.columns import Reader
from services.console.pages.inside import Overseer
from services.console.pages.listed import narrowed, title
from services.console.pages.rendering import page, reader_for
from services.console.paper.exports import Export
from services.console.people.accounts import Account
from services.console.proof.looked import Wanted
from shared.problems import Problem

router = APIRouter(include_in_schema=False)

PAGE = 100
SOME = 20
TABLES = ("/figures", "/ledger")
"""Tables of numbers that are taken away like lists."""
Chosen = Annotated[str, Query(max_length=200)]
Cursor = Annotated[str | None, Query(max_length=4_000)]


@router.get("/looks")
async def looks(
    request: Request,
    caller: Overseer,
    person: Chosen = "",
    ticket: Chosen = "",
    odd: bool = False,
    cursor: Cursor = None,
    before: Before = None,
    taken: Before = None,
) -> Response:
    """Looks, the latest first; ``person`` is an account, ``ticket`` an id or a number, ``odd`` leaves out the usual.

    Below them askings for the tickets of others and what left the console, each with pages of its own.
    """
    desk = desk_of(request)
    wanted = Wanted(person.strip() or None, "".join(ticket.split()) or None, odd)
    found, further = await desk.auditing.looked(caller, wanted, cursor, PAGE)
    asked, earlier = await desk.auditing.trespasses(caller, wanted, before, SOME)
    exports = await desk.exports.latest(caller, taken, SOME + 1)
    reader = await reader_for(request, caller)
    chosen = {"person": person, "ticket": ticket, "odd": "true" if odd else ""}
    return await page(
        request,
        caller,
        "auditor/looks",
        wanted=wanted,
        looks=found,
        next=_address(chosen, cursor=further) if further else None,
        first=_address(chosen) if cursor or before is not None or taken is not None else None,
        trespasses=asked,
        earlier=_address(chosen, before=earlier) if earlier is not None else None,
        exports=[_named(one, caller, reader) for one in exports[:SOME]],
        taken_earlier=_address(chosen, taken=exports[SOME - 1].id) if len(exports) > SOME else None,
    )


class Named(NamedTuple):
    """What left the console, its list in words, and the list's address where the caller can open it."""

    export: Export
    words: str
    address: str


def _named(one: Export, caller: Account, reader: Reader) -> Named:
    """A list by the name of its page and its filters; one that is not kept any more by its address."""
    if one.ticket:
        return Named(one, reader.words.of("print", one.list), "")
    try:
        of = listing(one.list, one.filters)
    except Problem:
        return Named(one, one.list, "")
    opens = of.path in (*lists_of(caller), *TABLES)
    return Named(one, " · ".join([title(of, reader), *narrowed(of, reader)]), of.at() if opens else "")


def _address(chosen: dict[str, str], **place: object) -> str:
    named = {name: text for name, text in chosen.items() if text} | place
    return f"/looks?{urlencode(named)}" if named else "/looks"
