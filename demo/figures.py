"""The figures that the table shows, read from the API as any reader would read them."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from demo import history
from demo.accounts import CHANNELS_ZH
from demo.people import Person
from shared.channels.wording import SHANGHAI

COLUMNS = {
    "received": "受理",
    "assigned": "派单",
    "signed": "签收",
    "answered": "答复",
    "satisfied": "满意",
    "redo": "重办",
    "overdue": "超期",
    "closed": "办结",
}
"""Figures of ``shared.figures`` in the order in which they are shown."""
ROWS = (
    ("yichun", "hotline"),
    ("yichun", "mini_program"),
    ("yichun", "wenzheng"),
    ("yichun", "minsheng"),
    ("qingyuan", "hotline"),
    ("qingyuan", "mini_program"),
)


class Row(NamedTuple):
    """A channel of a district: its counts, and of how many that were due how many were closed on time."""

    jurisdiction: str
    channel: str
    counts: Mapping[str, int]
    on_time: int
    on_time_of: int


class Board(NamedTuple):
    """All that the table shows: the rows of today, and those of the imported quarter."""

    today: Sequence[Row]
    quarter: Sequence[Row]

    @property
    def imported(self) -> int:
        """Tickets of the quarter."""
        return sum(row.counts["received"] for row in self.quarter)

    @property
    def imported_on_time(self) -> bool:
        """Whether every one of them was closed on time."""
        return self.imported > 0 and sum(row.on_time for row in self.quarter) == self.imported


async def read(readers: Mapping[str, Person]) -> Board:
    """The board as it is now. ``readers``: by jurisdiction, somebody who may see all its channels."""
    today = datetime.now(SHANGHAI).date().isoformat()
    span = {"from": history.FROM.isoformat(), "to": history.TO.isoformat()}
    asked = [(jurisdiction, {"from": today}) for jurisdiction in readers] + [("yichun", span)]
    *live, quarter = await asyncio.gather(*(_rows(readers[where], where, of) for where, of in asked))
    found = {(row.jurisdiction, row.channel): row for rows in live for row in rows}
    always = {key: Row(*key, dict.fromkeys(COLUMNS, 0), 0, 0) for key in ROWS}
    return Board([*(always | found).values()], quarter)


async def _rows(reader: Person, jurisdiction: str, period: Mapping[str, str]) -> list[Row]:
    said = await reader.reads("/api/figures/channels", **period)
    rows = [_row(jurisdiction, row["key"], row["figures"]) for row in said["rows"]]
    return sorted(rows, key=lambda row: list(CHANNELS_ZH).index(row.channel))


def _row(jurisdiction: str, channel: str, figures: Mapping[str, Mapping[str, int]]) -> Row:
    counts = {name: figures[name]["count"] for name in COLUMNS}
    rate = figures["on_time_rate"]
    return Row(jurisdiction, channel, counts, rate["count"], rate["of"])
