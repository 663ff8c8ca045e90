"""大屏: what came, went and is at risk now, beside what is usual. Numbers and names of codes only, no personal data."""

import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asyncpg import Pool
from msgspec import Struct

from services.console.days import SHANGHAI
from services.console.numbers.tallies import NOW, RISKS, WORDS
from services.console.people.accounts import Account
from services.console.queries import SEEN, bound
from services.console.rows import SHOWN, TicketRow, row_of
from services.console.sql import statements

SQL = statements(Path(__file__).with_name("wall.sql"), {**WORDS, "SEEN": SEEN, "SHOWN": SHOWN})
DAYS = 28
"""What is usual is the mean of so many days; statements name them too."""
USUAL_SECONDS = 600.0
"""How long what is usual is remembered: it hardly moves, and walks through a month of tickets."""
HOUR = timedelta(hours=1)
UNITS, TOPICS, PLACES = 8, 6, 7
"""How many of each a wall has room for."""


class Risk(Struct, frozen=True):
    """A unit's tickets whose clocks ran out, and those that will within two hours."""

    unit: str
    overdue: int
    soon: int


class Rise(Struct, frozen=True):
    """A topic's tickets of the last 24 hours, and how many a day has usually."""

    topic: str
    count: int
    usual: float


class Usual(Struct, frozen=True):
    """Of the 28 days before: a day's tickets by hour of the day, and by topic."""

    hours: Mapping[int, float]
    topics: Mapping[str, float]


class Board(Struct, frozen=True):
    """All tiles.

    hours   the last 24 that are over and the one that runs: how many came, and how many usually do in a whole one
    """

    numbers: Mapping[str, int]
    hours: list[tuple[datetime, int, float]]
    units: list[Risk]
    topics: list[Rise]
    places: list[tuple[str, int]]
    closures: list[TicketRow]


class Wall:
    """Answers what the tiles ask; ``lists`` plans each statement anew."""

    def __init__(self, lists: Pool) -> None:
        self._lists = lists
        self._usual: dict[tuple[str, tuple[str, ...]], tuple[float, Usual]] = {}

    async def board(self, caller: Account) -> Board:
        """The tiles as they stand."""
        lists, who, usual = self._lists, bound(caller), await self._known_usual(caller)
        counted = await NOW.by(lists, caller, "ARRAY[t.topic, t.place]", None, None)
        topics, places = Counter[str | None](), Counter[str | None]()
        for (topic, place), numbers in counted:
            topics[topic] += numbers["day"]
            places[place] += numbers["received"]
        return Board(
            {name: sum(numbers[name] for _, numbers in counted) for name in NOW.names},
            hours(dict(await lists.fetch(SQL["hours"], *who)), usual.hours, datetime.now(UTC)),
            at_risk({unit: of for unit, of in await RISKS.by(lists, caller, "t.lead", None) if unit}),
            rising({topic: count for topic, count in topics.items() if topic}, usual.topics),
            ranked({place: count for place, count in places.items() if place}),
            [row_of(row) for row in await lists.fetch(SQL["closures"], *who)],
        )

    async def _known_usual(self, caller: Account) -> Usual:
        key = caller.jurisdiction, tuple(caller.scopes)
        at, known = self._usual.get(key, (0.0, None))
        if known is None or time.monotonic() - at > USUAL_SECONDS:
            by_hour = await self._lists.fetch(SQL["usual_hours"], *bound(caller))
            by_topic = await self._lists.fetch(SQL["usual_topics"], *bound(caller))
            known = Usual(
                {row["hour"]: row["count"] / DAYS for row in by_hour},
                {row["topic"]: row["count"] / DAYS for row in by_topic},
            )
            self._usual[key] = time.monotonic(), known
        return known


def hours(
    counted: Mapping[datetime, int], usual: Mapping[int, float], now: datetime
) -> list[tuple[datetime, int, float]]:
    """Each of the last 24 full hours and the current one, with its tickets and what is usual then (pure)."""
    current = now.replace(minute=0, second=0, microsecond=0)
    shown = [current - HOUR * back for back in range(24, -1, -1)]
    return [(at, counted.get(at, 0), usual.get(at.astimezone(SHANGHAI).hour, 0.0)) for at in shown]


def at_risk(numbers: Mapping[str, Mapping[str, int]]) -> list[Risk]:
    """The units with most overdue, then most due soon; none without either (pure)."""
    risks = [Risk(unit, of["overdue"], of["soon"]) for unit, of in numbers.items()]
    found = [risk for risk in risks if risk.overdue or risk.soon]
    return sorted(found, key=lambda risk: (-risk.overdue, -risk.soon, risk.unit))[:UNITS]


def rising(day: Mapping[str, int], usual: Mapping[str, float]) -> list[Rise]:
    """The topics that are furthest above what is usual (pure)."""
    rises = [Rise(topic, count, usual.get(topic, 0.0)) for topic, count in day.items()]
    found = [rise for rise in rises if rise.count > rise.usual]
    return sorted(found, key=lambda rise: (rise.usual - rise.count, rise.topic))[:TOPICS]


def ranked(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    """The places with most tickets, without those that have none (pure)."""
    found = [(place, count) for place, count in counted.items() if count]
    return sorted(found, key=lambda one: (-one[1], one[0]))[:PLACES]
