"""The demo's live table: what it counts."""

from typing import Any, cast

from demo import figures, history
from demo.figures import COLUMNS, ROWS
from demo.people import Person


class Reader:
    """Somebody who reads that so many were received through each channel today."""

    def __init__(self, received: dict[str, int]) -> None:
        self.received = received

    async def reads(self, _: str, **query: str) -> Any:
        rows = {} if query["from"] == history.FROM.isoformat() else self.received
        return {"rows": [{"key": channel, "figures": counted(count)} for channel, count in rows.items()]}


def counted(received: int) -> dict[str, dict[str, int]]:
    none = {name: {"count": 0, "of": 0} for name in (*COLUMNS, "on_time_rate")}
    return none | {"received": {"count": received}}


async def test_what_somebody_registers_at_the_console_has_a_row_of_its_own_behind_the_channels() -> None:
    reader = cast("Person", Reader({"console": 2, "hotline": 7}))
    board = await figures.read({"yichun": reader})
    assert [(row.jurisdiction, row.channel) for row in board.today] == [*ROWS, ("yichun", "console")]
    received = {row.channel: row.counts["received"] for row in board.today if row.jurisdiction == "yichun"}
    assert (received["console"], received["hotline"]) == (2, 7)
