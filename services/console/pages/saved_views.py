"""视图: the lists that the caller named or shares, each with how many tickets it has now."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from msgspec import Struct, ValidationError, convert
from starlette.responses import RedirectResponse

from services.console.desk import Desk, desk_of
from services.console.lists.listing import Listing, listing_at
from services.console.pages.inside import Anyone
from services.console.pages.rendering import page
from services.console.people.accounts import Account
from services.console.workplace.saved_views import SavedView, Wish, audiences
from shared.problems import Problem

router = APIRouter(include_in_schema=False)

View = Annotated[int, Path(ge=1, lt=2**63)]
EXACT = 1_000
"""A view with more tickets is told as ``1000+``."""


class Counted(Struct, frozen=True):
    """A view that the caller can open, and how many tickets its list has, at most one more than EXACT."""

    view: SavedView
    listing: Listing
    total: int

    @property
    def number(self) -> str:
        """Exact up to EXACT."""
        return str(self.total) if self.total <= EXACT else f"{EXACT}+"


@router.get("/views")
async def views(request: Request, caller: Anyone) -> Response:
    """All of them, to open, rename, share, pin, delete."""
    return await _shown(request, caller)


@router.get("/views/strip")
async def strip(request: Request, caller: Anyone) -> Response:
    """The part of a page that leads to the views; asked for after the page, so that no list waits for counts."""
    return await page(request, caller, "views_strip", views=await counted(desk_of(request), caller))


@router.post("/views")
async def save(request: Request, caller: Anyone) -> Response:
    """Name the list of an address, and go back to it."""
    typed: dict[str, str] = request.state.fields
    listing = listing_at(caller, typed.get("address", ""))
    await desk_of(request).saved_views.save(caller, _wish(typed), listing)
    return RedirectResponse(listing.at(), 303)


@router.post("/views/{view}")
async def change(request: Request, caller: Anyone, view: View) -> Response:
    """Rename, share, pin."""
    await desk_of(request).saved_views.change(caller, view, _wish(request.state.fields))
    return RedirectResponse("/views", 303)


@router.post("/views/{view}/delete")
async def delete(request: Request, caller: Anyone, view: View) -> Response:
    """Forget one."""
    await desk_of(request).saved_views.drop(caller, view)
    return RedirectResponse("/views", 303)


async def counted(desk: Desk, caller: Account) -> list[Counted]:
    """The views whose lists the caller can open, each counted by the list's own query."""
    found = []
    for view in await desk.saved_views.of(caller):
        try:
            listing = listing_at(caller, view.address)
        except Problem:
            continue
        found.append(Counted(view, listing, await desk.listings.count(caller, listing, EXACT)))
    return found


async def _shown(request: Request, caller: Account) -> Response:
    views = await counted(desk_of(request), caller)
    return await page(request, caller, "views", views=views, audiences=audiences(caller))


def _wish(typed: dict[str, str]) -> Wish:
    chosen = {name: typed[name].strip() for name in ("name", "audience", "pinned") if name in typed}
    try:
        return convert(chosen, Wish, strict=False)
    except ValidationError:
        zh, en = "视图名称须为 1–40 个字。", "A view's name has 1 to 40 characters."
        raise Problem(400, "invalid_field", zh, en, field="name") from None
