"""险情台: the tickets that somebody should look at today, by what is due first; ticked ones are urged at once."""

from secrets import token_urlsafe
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from msgspec import Struct

from services.console.accounts import Account
from services.console.desk import desk_of
from services.console.forms import Urge
from services.console.pages.asking import Outcome, ask_each
from services.console.pages.fields import FIELDS
from services.console.pages.inside import AtTheHotline
from services.console.pages.kept import KEY
from services.console.pages.supervising.listing import PAGE, listing
from services.console.pages.typed import typed_form
from services.console.tallies import RISKS
from services.console.trespasses import TICKED
from shared.problems import Problem

router = APIRouter(include_in_schema=False)

MAY_URGE = ("supervisor", "operator")


class Asked(Struct, frozen=True):
    """Which group of tickets, perhaps of one unit only."""

    group: str = "overdue"
    unit: str = ""

    def at(self, group: str) -> str:
        """Where such tickets of a group are."""
        return "/risks?" + urlencode({"group": group} | ({"unit": self.unit} if self.unit else {}))


Word = Annotated[str, Query(max_length=64)]


@router.get("/risks")
async def risks(
    request: Request,
    caller: AtTheHotline,
    group: Word = "overdue",
    unit: Word = "",
    cursor: Annotated[str | None, Query(max_length=4_000)] = None,
) -> Response:
    """Every group with its number, and the tickets of one."""
    return await _shown(request, caller, Asked(group, unit), cursor)


@router.post("/risks/urge")
async def urge(request: Request, caller: AtTheHotline) -> Response:
    """催办 every ticket that was ticked: a command each, and one outcome each above the list."""
    typed: dict[str, str] = request.state.fields
    asked = Asked(typed.get("_group", "overdue"), typed.get("_unit", ""))
    tickets = [name.removeprefix(TICKED) for name in typed if name.startswith(TICKED)]
    try:
        if not tickets:
            raise _nothing_ticked()
        form = typed_form(Urge, typed)
    except Problem as refused:
        return await _shown(request, caller, asked, None, refused=refused, typed=typed)
    outcomes = await ask_each(desk_of(request), caller, tickets, form, typed.get(KEY, ""))
    return await _shown(request, caller, asked, None, outcomes=outcomes)


async def _shown(
    request: Request,
    caller: Account,
    asked: Asked,
    cursor: str | None,
    *,
    outcomes: list[Outcome] | None = None,
    refused: Problem | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    if asked.group not in RISKS.names:
        raise Problem(404, "no_list", f"没有列表 {asked.group}。", f"There is no list {asked.group}.")
    lists, unit = desk_of(request).lists, asked.unit or None
    numbers = await RISKS.numbers(lists, caller, unit)
    found = await RISKS.tickets(lists, caller, asked.group, cursor, PAGE, unit)
    return await listing(
        request,
        caller,
        found,
        "supervising/risks",
        status=refused.status if refused else 200,
        address=asked.at(asked.group),
        numbers=numbers,
        asked=asked,
        outcomes=outcomes,
        refused=refused,
        typed=typed or {},
        inputs=FIELDS["urge"] if caller.role in MAY_URGE else (),
        key=token_urlsafe(12),
    )


def _nothing_ticked() -> Problem:
    zh, en = "没有勾选工单,没有催办。", "No ticket was ticked; nothing was urged."
    return Problem(400, "nothing_ticked", zh, en)
