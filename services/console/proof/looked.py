"""What is out of the ordinary about somebody's look at sealed fields (pure)."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from shared.policy.calendar import SHANGHAI

BURST = 20
"""So many looks of one person within ten minutes are a burst, from the last of them on."""
NIGHT = 22
MORNING = 6
Odd = Literal["outside", "night", "burst"]


class Wanted(Struct, frozen=True):
    """Whose looks, at which ticket (its id or number); with ``odd`` only what is out of the ordinary."""

    person: str | None = None
    ticket: str | None = None
    odd: bool = False

    @property
    def whose(self) -> tuple[str | None, str | None]:
        """Person and ticket."""
        return self.person, self.ticket


class Look(Struct, frozen=True):
    """A look, or a refused one; ``lately`` are that person's looks of the ten minutes up to it."""

    ticket: str
    number: str
    partition: int
    source: int
    offset: int
    at: datetime
    kind: str
    person: str | None
    role: str | None
    unit: str | None
    detail: dict[str, Any]
    outside: bool
    lately: int

    @property
    def odd(self) -> list[Odd]:
        """What an auditor should look at: another unit's ticket, the night of Beijing, many in a short time."""
        hour = self.at.astimezone(SHANGHAI).hour
        marks: dict[Odd, bool] = {
            "outside": self.outside,
            "night": hour >= NIGHT or hour < MORNING,
            "burst": self.lately >= BURST,
        }
        return [mark for mark, holds in marks.items() if holds]


class Trespass(Struct, frozen=True):
    """Somebody asked for a ticket that is not theirs; ``number`` where the reader may know of it.

    ticket  None where they asked for an entry, and the reader may not know of its ticket either
    known   whether they may know of it themselves: 403 for them, 404 for everyone else
    """

    id: int
    at: datetime
    person: str
    role: str
    unit: str | None
    jurisdiction: str
    ticket: str | None
    address: str
    known: bool
    number: str | None
