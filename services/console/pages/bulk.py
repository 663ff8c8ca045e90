"""What is done with many tickets of a list at once: those that were ticked, or all that match its filters.

Of all that match the list is asked again, under the number that the person confirmed: if it has become another, nothing
is done and the page says so.
"""

from collections.abc import Mapping
from secrets import token_urlsafe

from fastapi import APIRouter, Request, Response
from msgspec import Struct

from services.console.asking.forms import Urge
from services.console.desk import Desk, desk_of
from services.console.lists.listing import Listing, listing_at
from services.console.lists.newest import MOST_AT_ONCE
from services.console.pages.asking import Outcome, ask_each
from services.console.pages.exporting import at_once, book_of
from services.console.pages.fields import FIELDS
from services.console.pages.inside import Anyone, AtTheHotline
from services.console.pages.kept import KEY
from services.console.pages.rendering import page, reader_for
from services.console.pages.typed import typed_form
from services.console.people.accounts import Account
from services.console.people.roles import not_your_role
from services.console.people.trespasses import TICKED
from services.console.rows import TicketRow
from shared.problems import Problem

router = APIRouter(include_in_schema=False)

ALL = "all"
"""The box for all that match; its value is how many there were when the page was shown."""
MAY_URGE = ("supervisor", "operator")


class Selection(Struct, frozen=True):
    """The tickets of a list that were chosen, and the fields of a form that choose them again.

    unknown   what was ticked and is not there by now, or never was for the caller
    """

    listing: Listing
    rows: list[TicketRow]
    chosen: dict[str, str]
    unknown: list[str] = []


@router.post("/bulk")
async def chosen(request: Request, caller: Anyone) -> Response:
    """What the bar's button says: a workbook, a list to print, or the form that urges."""
    typed: dict[str, str] = request.state.fields
    listing = listing_at(caller, typed.get("list", ""))
    try:
        selection = await _selected(desk_of(request), caller, listing, typed)
    except Problem as refused:
        return await _shown(request, caller, listing, refused=refused)
    match typed.get("act"):
        case "export":
            reader = await reader_for(request, caller)
            return await book_of(request, caller, reader, listing, at_once(selection.rows))
        case "print":
            await desk_of(request).exports.of_list(caller, "print", listing, len(selection.rows))
            return await page(
                request, caller, "bulk_print", reads_at=listing.at(), listing=listing, rows=selection.rows
            )
    if caller.role not in MAY_URGE:
        raise not_your_role(*MAY_URGE)
    return await _shown(request, caller, listing, selection=selection)


@router.post("/bulk/urge")
async def urge(request: Request, caller: AtTheHotline) -> Response:
    """催办 each of them: a command and an outcome a ticket."""
    if caller.role not in MAY_URGE:
        raise not_your_role(*MAY_URGE)
    typed: dict[str, str] = request.state.fields
    desk, listing, selection = desk_of(request), listing_at(caller, typed.get("list", "")), None
    try:
        selection = await _selected(desk, caller, listing, typed)
        form = typed_form(Urge, typed)
    except Problem as refused:
        return await _shown(request, caller, listing, selection=selection, refused=refused, typed=typed)
    tickets = [*[row.id for row in selection.rows], *selection.unknown]
    outcomes = await ask_each(desk, caller, tickets, form, typed.get(KEY, ""))
    return await _shown(request, caller, listing, outcomes=outcomes)


async def _shown(
    request: Request,
    caller: Account,
    listing: Listing,
    *,
    selection: Selection | None = None,
    refused: Problem | None = None,
    typed: Mapping[str, str] | None = None,
    outcomes: list[Outcome] | None = None,
) -> Response:
    return await page(
        request,
        caller,
        "bulk",
        reads_at=listing.at(),
        status=refused.status if refused else 200,
        listing=listing,
        selection=selection,
        refused=refused,
        typed=typed or {},
        outcomes=outcomes,
        inputs=FIELDS["urge"],
        key=token_urlsafe(12),
    )


async def _selected(desk: Desk, caller: Account, listing: Listing, typed: Mapping[str, str]) -> Selection:
    """What was chosen. Raises Problem 400 for nothing or too much, 409 where what was there has changed."""
    if ALL in typed:
        rows = [row async for some in desk.listings.every(caller, listing, MOST_AT_ONCE + 1) for row in some]
        refuse_another_number(len(rows), typed[ALL])
        return Selection(listing, rows, {ALL: typed[ALL]})
    tickets = [name.removeprefix(TICKED) for name in typed if name.startswith(TICKED)]
    if not tickets:
        zh, en = "没有勾选工单,没有做任何操作。", "No ticket was ticked; nothing was done."
        raise Problem(400, "nothing_ticked", zh, en)
    rows = await desk.listings.picked(caller, tickets)
    if not rows:
        raise _gone(len(tickets))
    found = {row.id for row in rows}
    unknown = [ticket for ticket in tickets if ticket not in found]
    return Selection(listing, rows, {f"{TICKED}{ticket}": "on" for ticket in tickets}, unknown)


def _gone(count: int) -> Problem:
    zh = f"勾选的 {count} 件都不在您能看的工单里(可能已转走),没有做任何操作。请返回列表重新勾选。"
    en = (
        f"None of the {count} tickets that were ticked is among those you may see (they may have gone to others); "
        "nothing was done. Go back to the list and tick again."
    )
    return Problem(409, "ticked_gone", zh, en)


def refuse_another_number(count: int, confirmed: str) -> None:
    """Raises Problem where all that match are too many, or not as many as were confirmed."""
    if count > MOST_AT_ONCE:
        zh, en = (
            f"超过 {MOST_AT_ONCE} 件,请先缩小范围。",
            f"More than {MOST_AT_ONCE} tickets: narrow the list first.",
        )
        raise Problem(400, "too_many_tickets", zh, en)
    if str(count) != confirmed:
        zh = f"符合条件的工单已变为 {count} 件,没有做任何操作。请回到列表核对后重选。"
        en = f"By now {count} tickets match; nothing was done. Look at the list and choose again."
        raise Problem(409, "selection_changed", zh, en)
