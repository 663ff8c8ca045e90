"""Saved views: lists that people named, with all filters in the address; for themselves, their unit, everyone."""

from pathlib import Path
from typing import Annotated, Literal

from asyncpg import Pool
from msgspec import Meta, Struct, convert

from services.console.lists.listing import Listing
from services.console.people.accounts import Account
from services.console.sql import statements
from shared.problems import Problem

_FILE = Path(__file__).with_name("saved_views.sql")
SQL = statements(_FILE, {"SHOWN": statements(_FILE)["shown"]})
MOST = 50
"""Views of a person: more are no help."""
Audience = Literal["person", "unit", "jurisdiction"]
Name = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f]*\Z")]


class SavedView(Struct, frozen=True):
    """A named list; only who saved it may change it."""

    id: int
    person: str
    audience: Audience
    name: str
    address: str
    pinned: bool


class Wish(Struct, frozen=True):
    """What a view is to be called, who is to see it, and whether it stands first."""

    name: Name
    audience: Audience = "person"
    pinned: bool = False


def audiences(caller: Account) -> tuple[Audience, ...]:
    """With whom the caller may share: a unit's people with their unit, the hotline's with the jurisdiction."""
    if caller.unit is not None:
        return ("person", "unit")
    return ("person", "jurisdiction") if caller.role in ("operator", "supervisor") else ("person",)


def refuse_sharing(caller: Account, audience: Audience) -> None:
    """Raises Problem 403 for an audience that is not the caller's."""
    if audience not in audiences(caller):
        zh, en = "您不能共享给这个范围。", "You may not share that widely."
        raise Problem(403, "not_your_audience", zh, en, field="audience")


class SavedViews:
    """The views in Postgres."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, caller: Account) -> list[SavedView]:
        """What the caller sees: their own, and those shared with them."""
        return [convert(dict(row), SavedView) for row in await self._pool.fetch(SQL["all"], *_who(caller))]

    async def save(self, caller: Account, wish: Wish, listing: Listing) -> None:
        """Name a list. Raises Problem 403 for an audience that is not the caller's, 409 where there are too many."""
        refuse_sharing(caller, wish.audience)
        given = (*_who(caller), wish.audience, wish.name, listing.at(), MOST)
        if await self._pool.fetchval(SQL["save"], *given) is None:
            zh = f"已保存 {MOST} 个视图,请先删除不用的。"
            raise Problem(409, "too_many_views", zh, f"You have {MOST} views: delete some first.")

    async def change(self, caller: Account, view: int, wish: Wish) -> None:
        """Rename, share or pin one's own view. Raises Problem 403 or 404."""
        refuse_sharing(caller, wish.audience)
        given = (*_who(caller), view, wish.name, wish.audience, wish.pinned)
        if await self._pool.fetchval(SQL["change"], *given) is None:
            raise _not_yours()

    async def drop(self, caller: Account, view: int) -> None:
        """Forget one's own view. Raises Problem 404."""
        if await self._pool.fetchval(SQL["drop"], *_who(caller), view) is None:
            raise _not_yours()


def _who(caller: Account) -> tuple[str, str, str | None]:
    return caller.jurisdiction, caller.id, caller.unit


def _not_yours() -> Problem:
    zh, en = "没有这个视图,或不是您保存的。", "There is no such view, or you did not save it."
    return Problem(404, "unknown_view", zh, en)
