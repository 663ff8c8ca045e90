"""大屏: the tiles, drawn for a screen that many read from afar; every number opens its list."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from msgspec import Struct

from services.console.desk import desk_of
from services.console.lists.listing import WALL_LISTS, Listing, OfWall
from services.console.numbers.tallies import NOW
from services.console.pages.inside import AtTheHotline
from services.console.pages.rendering import page
from services.console.pages.supervising.listing import shown
from services.console.people.accounts import Account
from services.console.queries import PAGE
from shared.problems import Problem

router = APIRouter(include_in_schema=False)

STALE = 15.0
"""Seconds without data after which the tiles say that they are old."""
TILES = ("received", "closed", "open", "overdue")
WIDTH, HEIGHT, MARGIN = 1080, 250, 34
"""Of the curve, in its own units: a pixel each on a screen of 1920."""
Word = Annotated[str, Query(max_length=64)]


class Curve(Struct, frozen=True):
    """Two lines over 24 hours as SVG has them, the hours below with their places, and the height of the highest.

    so_far   from the last full hour to where the running one stands by now
    """

    counted: str
    so_far: tuple[tuple[float, float], tuple[float, float]]
    usual: str
    hours: list[tuple[float, datetime]]
    most: int


def curve(hours: Sequence[tuple[datetime, int, float]]) -> Curve:
    """What came and what usually comes, on one scale (pure). The last of the hours still runs."""
    most = max(1, *(max(count, round(usual + 0.5)) for _, count, usual in hours))
    step = WIDTH / (len(hours) - 1)

    def places(values: Sequence[float]) -> list[tuple[float, float]]:
        return [(step * at, HEIGHT - (HEIGHT - MARGIN) * value / most) for at, value in enumerate(values)]

    counted, usual = places([count for _, count, _ in hours]), places([usual for *_, usual in hours])
    marks = [(step * at, hour) for at, (hour, _, _) in enumerate(hours) if at % 4 == 0]
    return Curve(_line(counted[:-1]), (counted[-2], counted[-1]), _line(usual), marks, most)


def _line(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def address(tally: str, topic: str = "", place: str = "") -> str:
    """Where the tickets of a number are."""
    query = urlencode({name: code for name, code in (("topic", topic), ("place", place)) if code})
    return f"/wall/{tally}" + (f"?{query}" if query else "")


@router.get("/wall")
async def wall(request: Request, caller: AtTheHotline) -> Response:
    """The whole screen."""
    return await _shown(request, caller, "supervising/wall")


@router.get("/wall/board")
async def board(request: Request, caller: AtTheHotline) -> Response:
    """The tiles alone, as the screen asks for them again and again."""
    return await _shown(request, caller, "supervising/board")


async def _shown(request: Request, caller: Account, screen: str) -> Response:
    desk = desk_of(request)
    at, found = desk.live.shows, await desk.wall.board(caller)
    age = (datetime.now(UTC) - at).total_seconds()
    return await page(
        request,
        caller,
        screen,
        board=found,
        curve=curve(found.hours),
        tiles=TILES,
        address=address,
        at=at,
        age=round(age, 1),
        stale=age > STALE,
    )


@router.get("/wall/{tally}")
async def behind(
    request: Request,
    caller: AtTheHotline,
    tally: str,
    topic: Word = "",
    place: Word = "",
    cursor: Annotated[str | None, Query(max_length=4_000)] = None,
) -> Response:
    """The tickets behind a number of the wall."""
    if f"/wall/{tally}" not in WALL_LISTS:
        raise Problem(404, "no_list", f"没有列表 {tally}。", f"There is no list {tally}.")
    given = topic or None, place or None
    lists = desk_of(request).lists
    found = await NOW.tickets(lists, caller, tally, cursor, PAGE, *given)
    return await shown(
        request,
        caller,
        Listing(f"/wall/{tally}", OfWall(topic or None, place or None)),
        found,
        "supervising/tile",
        total=await NOW.number(lists, caller, tally, *given),
        tally=tally,
        topic=topic,
        place=place,
    )
